/** The names that the core exports, exactly: one more or less is a decision. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as surface from '../core/index.ts';

const source = readFileSync(new URL('../core/index.ts', import.meta.url), 'utf8');

/** Every name in the export clauses of the index, with `type` before those that are no values. */
const names = [...source.matchAll(/export (type )?\{([^}]*)\}/g)]
  .flatMap(([, all = '', list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (name.startsWith('type ') ? name : all + name)),
  )
  .sort();

test('the core exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(VALUES);
});

test('the core exports these types', () => {
  expect(names.filter((name) => name.startsWith('type '))).toEqual(TYPES.map((name) => `type ${name}`));
  expect(names.filter((name) => !name.startsWith('type '))).toEqual(VALUES);
  expect(source).not.toContain('export *');
});

const VALUES = [
  'CloseCode',
  'Connection',
  'DEFAULT_DEADLINES',
  'DEFAULT_LIMITS',
  'InflateError',
  'Opcode',
  'PreparedMessage',
  'ProtocolError',
  'UsageError',
  'mayBeSent',
  'permessageDeflate',
];

const TYPES = [
  'Acceptance',
  'Answer',
  'ClientOptions',
  'ClientRequest',
  'Closed',
  'ConnectionOptions',
  'Deadlines',
  'Deflate',
  'DeflateOptions',
  'Deflater',
  'DeflaterOptions',
  'Event',
  'Extension',
  'ExtensionCodec',
  'ExtensionParams',
  'FieldInit',
  'Fields',
  'GetRandomValues',
  'Inflater',
  'InflaterOptions',
  'Instruction',
  'LifecycleEvent',
  'LifecycleStep',
  'Limits',
  'MessageKind',
  'MessageOptions',
  'Open',
  'OpeningRequest',
  'OpeningResponse',
  'Output',
  'ParsedRequest',
  'Payload',
  'Phase',
  'PieceEncoder',
  'Role',
  'SendOptions',
  'ServerOptions',
  'Violation',
  'Watcher',
];
