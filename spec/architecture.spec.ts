/** The rules of ARCHITECTURE.md that a machine can hold: floors, outside imports, clock and dice, lengths, mirrors. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { charts } from '../core/lifecycle.ts';
import { redraw } from './support/diagram.ts';
import { tableSource } from './support/lifecycle-table.ts';

/** From the roof down. Imports go down; on the ground floor also sideways, and everywhere without circles. */
const FLOORS = [
  ['index'],
  ['connection'],
  ['endpoint'],
  ['data-transfer', 'options'],
  ['lifecycle', 'inlet', 'outlet', 'keepalive'],
  ['opening', 'messages'],
  ['extensions'],
  ['http', 'framing'],
  ['bytes', 'codes', 'errors', 'events', 'limits'],
];
const GROUND = FLOORS.length - 1;

/** What the core may import from outside, and where. */
const OUTSIDE: readonly (readonly [RegExp, RegExp])[] = [
  [/^xstate$/, /^core\/lifecycle\.ts$/],
  [/^uint8arrays(\/|$)/, /^core\/(bytes\/|http\/|opening\/|keepalive\.ts)/],
  [/^@noble\/hashes\//, /^core\/opening\/accept-key\.ts$/],
];

/** A clock, dice, a timer, or the name of a runtime. */
const FOREIGN =
  /\b(Math\.random|Date\.now|new Date|performance|set(?:Timeout|Interval|Immediate)|queueMicrotask|process\.|globalThis|console|Buffer\b|crypto\b|Deno\b|Bun\b)|['"]node:/;

const root = join(import.meta.dirname, '..');
const list = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(folder, path.replaceAll('\\', '/')))
    .sort();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const code = (file: string): string => read(file).replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

const core = list('core').filter((file) => !file.endsWith('.d.ts'));
const adapters = list('adapters');
const specs = list('spec');

/** What a file imports or exports from, types included; relative ones as paths from the root. */
function imports(file: string): string[] {
  const specifiers = code(file).matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...specifiers].map(([, name = '']) => (name.startsWith('.') ? join(dirname(file), name) : name));
}

const room = (file: string): string =>
  file.replace(
    /^core\/(?:(lifecycle|data-transfer)[^/]*|([^/]+))(\.ts|\/.*)$/,
    (_, group, name) => group ?? name.replace(/\.ts$/, ''),
  );
const floor = (file: string): number => FLOORS.findIndex((rooms) => rooms.includes(room(file)));
const isOutside = (name: string): boolean => !name.startsWith('core/');

describe('the core', () => {
  it.each(core)('%s stands on a floor and imports only what is below it', (file) => {
    expect(floor(file), 'a floor').toBeGreaterThanOrEqual(0);
    const upward = imports(file).filter((target) => {
      if (isOutside(target) || room(target) === room(file)) return false;
      return floor(target) < floor(file) || (floor(target) === floor(file) && floor(file) !== GROUND);
    });
    expect(upward).toEqual([]);
  });

  it('has no circle of imports', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path.includes(file), [...path, file].join(' > ')).toBe(false);
      if (done.has(file)) return;
      for (const target of imports(file).filter((name) => !isOutside(name))) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of core) visit(file, []);
  });

  it.each(core)('%s imports from outside only what was decided for it', (file) => {
    const strangers = imports(file)
      .filter(isOutside)
      .filter((name) => !OUTSIDE.some(([what, where]) => what.test(name) && where.test(file)));
    expect(strangers).toEqual([]);
  });

  it.each(core)('%s names no clock, no dice, no timer and no runtime', (file) => {
    expect(FOREIGN.exec(code(file))?.[0]).toBeUndefined();
  });

  it.each(core)('%s is short', (file) => {
    expect(lines(file)).toBeLessThanOrEqual(/^core\/(connection|endpoint)\.ts$/.test(file) ? 300 : 200);
  });
});

/** Modules that know a runtime. */
const ofRuntimes = adapters.filter((file) =>
  /^adapters\/(runtimes\/.*|attaching|browser|bun|deno|node|streams|workers)\.ts$/.test(file),
);

describe('the adapters', () => {
  it.each(ofRuntimes)('%s has only what its runtime needs', (file) => {
    expect(lines(file)).toBeLessThanOrEqual(200);
  });

  it.each(adapters)('%s is short and enters the core by one of its doors', (file) => {
    expect(lines(file)).toBeLessThanOrEqual(300);
    // What the package exports: `sansocket`, and for whoever shows charts or watches, `sansocket/lifecycle` and `sansocket/frame-reader`.
    const doors = ['core/index.ts', 'core/lifecycle.ts', 'core/framing/frame-reader.ts'];
    expect(imports(file).filter((name) => name.startsWith('core/') && !doors.includes(name))).toEqual([]);
  });

  it.each(adapters)('%s does not mix runtimes with interfaces', (file) => {
    const other = { runtimes: 'adapters/interfaces/', interfaces: 'adapters/runtimes/' }[file.split('/')[1] ?? ''];
    expect(imports(file).filter((name) => other !== undefined && name.startsWith(other))).toEqual([]);
  });
});

it.each(adapters.filter((file) => /^adapters\/[^/]+\.tsx?$/.test(file) && file !== 'adapters/xstate.ts'))(
  '%s shows nobody the types of xstate',
  (file) => {
    const met = new Set<string>();
    const visit = (name: string): void => {
      if (met.has(name)) return;
      met.add(name);
      if (/^(core|adapters)\//.test(name)) for (const next of imports(name)) visit(next);
    };
    visit(file);
    expect([...met].filter((name) => name === 'xstate')).toEqual([]);
  },
);

it.each(list('adapters/tunnels'))('%s is a handshake without I/O', (file) => {
  expect(FOREIGN.exec(code(file))?.[0]).toBeUndefined();
  expect(imports(file).filter((name) => !/^(core\/index\.ts$|adapters\/tunnels\/)/.test(name))).toEqual([]);
});

describe('the specification', () => {
  it('mirrors the core, module by module', () => {
    // The index is held by public-surface.spec.ts, the table by the comparison below; what has only types is held by the compiler.
    const hasCode = (file: string): boolean => /^export (?!type\b|interface\b)/m.test(code(file));
    const modules = core.filter((file) => !/\/(index|lifecycle-table)\.ts$/.test(file) && hasCode(file));
    const mirrored = specs.filter((file) => /^spec\/core\/.*\.spec\.ts$/.test(file));
    expect(mirrored).toEqual(modules.map((file) => `spec/${file.replace(/\.ts$/, '.spec.ts')}`).sort());
  });
});

it('steps by the table that xstate computes from the charts', () => {
  expect(read('core/lifecycle-table.ts'), 'run `npm run lifecycle`').toBe(tableSource());
});

it('draws the charts in ARCHITECTURE.md as they are', () => {
  const markdown = read('ARCHITECTURE.md');
  expect(markdown).toContain('stateDiagram-v2');
  expect(redraw(markdown, charts), 'run `npm run lifecycle`').toBe(markdown);
});

it('no file is named after having no subject', () => {
  const vague = /(^|\/)(utils?|types|helpers?|constants|common|misc)\.ts$/;
  expect([...core, ...adapters, ...specs, ...list('examples')].filter((file) => vague.test(file))).toEqual([]);
});

it('the only barrel is core/index.ts', () => {
  expect([...core, ...adapters].filter((file) => file.endsWith('/index.ts'))).toEqual(['core/index.ts']);
});

function lines(file: string): number {
  return read(file).trimEnd().split('\n').length;
}
