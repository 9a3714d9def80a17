import { describe, expect, it } from 'vitest';
import { pagesOf } from './pages.ts';
import { examplesOf, readEntries, readExamples } from './reference.ts';
import { ROOT } from './snippets.ts';

const entries = readEntries(ROOT);
const examples = readExamples(ROOT);
const pages = new Map(pagesOf(entries, examples).map(({ file, text }) => [file, text]));

describe.each(entries)('the public names of $name', (entry) => {
  it('say at the head of their file what they are for', () => {
    expect(entry.doc?.text).toMatch(/^.{20,}/);
  });

  it('have docstrings', () => {
    const without = entry.names.filter(({ declarations }) => declarations.every(({ doc }) => doc === undefined));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('have docstrings for each option', () => {
    const options = entry.names
      .filter(({ name }) => name.endsWith('Options'))
      .flatMap(({ name, declarations }) =>
        declarations.flatMap(({ members }) => members.map((member) => ({ name, ...member }))),
      );
    const without = options.filter(({ doc }) => doc === undefined);
    expect(without.map(({ name, signature }) => `${name}: ${signature}`)).toEqual([]);
  });

  it('are imported by a program of docs/examples', () => {
    const without = entry.names.filter((name) => examplesOf(entry, name, entries, examples).length === 0);
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

it.each(examples)('the example $name says what it shows', ({ text, shows }) => {
  expect(text).toMatch(/^[A-Z].{15,}[.]$/s);
  expect([...shows.keys()].length).toBeGreaterThan(0);
});

describe('a page', () => {
  const node = pages.get('node.md') ?? '';
  const sectionOf = (name: string): string => node.split(/^## /m).find((each) => each.startsWith(`${name}\n`)) ?? '';

  it('is there for each entry, with every name and every example of it', () => {
    expect(pages.size).toBe(entries.length + 1);
    expect(node).toContain('| [serve](#serve) | Listens, and serves WebSocket connections. |');
    for (const { name, code } of examples.filter(({ shows }) => shows.has('sansocket/node'))) {
      expect(node, name).toContain(code);
    }
  });

  it('has the signature of a function, what it returns and what it throws', () => {
    expect(sectionOf('upgrade')).toMatch(
      /```ts\nfunction upgrade<Data = undefined>\(.*\): Promise<WebSocketConnection<Data> \| undefined>\n```\n\nMakes a connection/s,
    );
    expect(sectionOf('upgrade')).toContain('- Returns: the connection once it is open;');
    expect(sectionOf('upgrade')).toContain('- Throws: `UsageError` (as a rejection)');
    expect(sectionOf('connect')).toContain('- `url`: with scheme ws, wss, http or https.');
  });

  it('has what a class or an interface has, and nothing that is private', () => {
    const connection = sectionOf('WebSocketConnection');
    expect(connection).toContain('- `send(message: string | Payload, options?: SendOptions): boolean`');
    expect(connection).toContain('- `get bufferedAmount(): number`\n\n  Bytes sent and not yet taken by the network.');
    expect(connection).not.toMatch(/`#|settleClosed|constructor|asyncIterator/);
    // What it has from an interface that is no public name, too.
    expect(sectionOf('ListenOptions')).toContain('- `readonly port?: number | undefined`');
  });

  it('has what a name is made of that is no public name', () => {
    const socket = sectionOf('WebSocket');
    expect(socket).toContain('interface WebSocketConstructor<Options>');
    expect(socket).toContain("- `binaryType: 'blob' | 'arraybuffer'`\n\n  What binary messages come as.");
    expect(sectionOf('WebSocketConnection')).toContain('- `readonly text?: boolean | undefined`');
    expect(sectionOf('WebSocketServerOptions')).toContain('- `readonly origins?: Origins | undefined`');
    expect(node).not.toMatch(/interface (ServerRequest|Handlers)\b.*interface \1\b/s); // once, where it is a name
  });

  it('has the text of types and constants', () => {
    expect(sectionOf('Origins')).toContain("type Origins = 'same' | 'any' | readonly string[]");
    expect(pages.get('sansocket.md')).toContain('const DEFAULT_LIMITS: Limits\n');
    expect(pages.get('sansocket.md')).toMatch(/const CloseCode = \{.*normal: 1000,/s);
  });

  it('leads from a name to its examples, on another page where it has none there', () => {
    expect(sectionOf('TunnelError')).toContain('Shown by [getting through](#example-getting-through).');
    expect(pages.get('bun.md')).toContain('Shown by [connecting](node.md#example-connecting)');
    const anchors = [...pages].flatMap(([file, text]) =>
      [...text.matchAll(/^## (.+)$/gm)].map(
        ([, title = '']) =>
          `${file}#${title
            .toLowerCase()
            .replace(/[^\w -]/g, '')
            .replaceAll(' ', '-')}`,
      ),
    );
    for (const [file, text] of pages) {
      for (const [, page, anchor] of text.matchAll(/\]\(([\w.-]*)#([^)]+)\)/g)) {
        expect(anchors).toContain(`${page || file}#${anchor}`);
      }
    }
  });
});
