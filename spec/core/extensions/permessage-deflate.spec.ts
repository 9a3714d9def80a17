import { describe, expect, test } from 'vitest';
import type { Extension, ExtensionCodec, ExtensionParams } from '../../../core/extensions/extension.ts';
import { type DeflateOptions, permessageDeflate } from '../../../core/extensions/permessage-deflate.ts';
import { type Deflate, UsageError } from '../../../core/index.ts';
import { zlibDeflate } from '../../support/zlib-deflate.ts';

type Options = Omit<DeflateOptions, 'deflate'>;
const extension = (options: Options = {}) => permessageDeflate({ deflate: zlibDeflate, ...options });

/** `a; b=1` as parameters. */
const params = (text: string): ExtensionParams =>
  text === ''
    ? []
    : text.split('; ').map((each) => {
        const [name = '', value] = each.split('=');
        return [name, value ?? true];
      });
const write = (list: ExtensionParams | undefined): string | undefined =>
  list?.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join('; ');

const accept = (offer: string, options?: Options): string | undefined =>
  write(extension(options).accept(params(offer))?.params);
const agrees = (answer: string, options?: Options): boolean => extension(options).agree(params(answer)) !== undefined;

const WINDOWS = ['0', '1', '7', '16', '31', '32', '99', '1000', '-8', '08', '015', '8.0', '+8', '1e1', 'abc', '', ' 8'];

describe('a server', () => {
  test.each<[string, string, Options?]>([
    ['', ''],
    ['client_max_window_bits', ''],
    ['client_max_window_bits', 'client_max_window_bits=10', { clientMaxWindowBits: 10 }],
    ['client_max_window_bits=12', 'client_max_window_bits=12'],
    ['', '', { clientMaxWindowBits: 10 }], // what was not offered may not be answered (PD4)
    ['server_max_window_bits=9', 'server_max_window_bits=9'],
    ['server_max_window_bits=8', 'server_max_window_bits=8'],
    ['', 'server_max_window_bits=10', { serverMaxWindowBits: 10 }],
    ['server_no_context_takeover', 'server_no_context_takeover'],
    ['client_no_context_takeover', 'client_no_context_takeover'],
    [
      '',
      'server_no_context_takeover; client_no_context_takeover',
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])('PD4, PD5, PD6, PD7, PD8 answers the offer "%s" with "%s"', (offer, answer, options) => {
    expect(accept(offer, options)).toBe(answer);
  });

  test('C6 never answers more than was offered', () => {
    for (let offered = 8; offered <= 15; offered++) {
      for (let configured = 8; configured <= 15; configured++) {
        const least = Math.min(offered, configured);
        const options = { clientMaxWindowBits: configured, serverMaxWindowBits: configured };
        expect(accept(`server_max_window_bits=${offered}`, options)).toBe(`server_max_window_bits=${least}`);
        const client = accept(`client_max_window_bits=${offered}`, { clientMaxWindowBits: configured });
        expect(client).toBe(least < 15 ? `client_max_window_bits=${least}` : '');
      }
    }
  });

  test.each([
    'foo',
    'foo=1',
    'server_no_context_takeover=1',
    'server_no_context_takeover=10',
    'client_no_context_takeover=15',
    'server_no_context_takeover=true',
    'client_no_context_takeover=',
    'server_max_window_bits',
    'server_max_window_bits=8; server_max_window_bits=8',
    'client_max_window_bits; client_max_window_bits',
    'server_no_context_takeover; server_no_context_takeover',
    'Server_no_context_takeover',
    ...WINDOWS.map((bits) => `server_max_window_bits=${bits}`),
    ...WINDOWS.map((bits) => `client_max_window_bits=${bits}`),
  ])('PD1, PD3, PD9, C20 declines "%s"', (offer) => {
    expect(accept(offer)).toBeUndefined();
  });
});

describe('a client', () => {
  test.each<[string, Options]>([
    ['client_max_window_bits', {}],
    ['client_max_window_bits=10', { clientMaxWindowBits: 10 }],
    ['server_max_window_bits=9; client_max_window_bits', { serverMaxWindowBits: 9 }],
    [
      'server_no_context_takeover; client_no_context_takeover; client_max_window_bits',
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])('offers "%s"', (offer, options) => {
    expect(extension(options).offer().map(write)).toEqual([offer]);
  });

  test.each<[string, Options?]>([
    [''],
    ['server_no_context_takeover'],
    ['client_no_context_takeover'],
    ['server_max_window_bits=8'],
    ['server_max_window_bits=15'],
    ['client_max_window_bits=8'],
    ['client_max_window_bits=15'],
    ['server_max_window_bits=9', { serverMaxWindowBits: 9 }],
    ['server_no_context_takeover', { serverNoContextTakeover: true }],
    ['client_max_window_bits=9', { clientMaxWindowBits: 10 }],
  ])('agrees to "%s"', (answer, options) => {
    expect(agrees(answer, options)).toBe(true);
  });

  test.each<[string, Options?]>([
    ['foo'],
    ['client_max_window_bits'],
    ['server_no_context_takeover=1'],
    ['server_max_window_bits=9; server_max_window_bits=9'],
    ['server_max_window_bits=10', { serverMaxWindowBits: 9 }],
    ['', { serverMaxWindowBits: 9 }],
    ['', { serverNoContextTakeover: true }],
    ['client_max_window_bits=11', { clientMaxWindowBits: 10 }],
    ...WINDOWS.map((bits): [string] => [`server_max_window_bits=${bits}`]),
    ...WINDOWS.map((bits): [string] => [`client_max_window_bits=${bits}`]),
  ])('C4, PD2 does not agree to "%s"', (answer, options) => {
    expect(agrees(answer, options)).toBe(false);
  });
});

test('G18 numbers are written in decimal digits', () => {
  for (let bits = 8; bits <= 15; bits++) {
    const options = { serverMaxWindowBits: bits, clientMaxWindowBits: bits };
    const text = accept(`server_max_window_bits=${bits}; client_max_window_bits=${bits}`, options) ?? '';
    const windows = bits === 15 ? text : text.replace(`; client_max_window_bits=${bits}`, '');
    expect(windows).toContain(`server_max_window_bits=${String(bits)}`);
    expect(text).toMatch(/^[ -~]+$/);
  }
});

test('PD6 a client agrees to no larger window of the server than it asked for', () => {
  for (let asked = 8; asked <= 15; asked++) {
    const options = { serverMaxWindowBits: asked };
    expect(agrees('', options), `${asked}`).toBe(asked === 15);
    for (let answered = 8; answered <= 15; answered++) {
      expect(agrees(`server_max_window_bits=${answered}`, options), `${asked} ${answered}`).toBe(answered <= asked);
    }
  }
});

test.each<Options>([
  { serverMaxWindowBits: 7 },
  { clientMaxWindowBits: 16 },
  { threshold: -1 },
  { threshold: 1.5 },
  { level: 10 },
  { memoryLevel: 0 },
])('%j is no option', (options) => {
  const [name = ''] = Object.keys(options);
  expect(() => extension(options)).toThrow(UsageError);
  expect(() => extension(options)).toThrow(`the option "${name}" is a whole number from `);
});

describe('what was agreed on is what the engine does', () => {
  /** What an engine is asked for when one long message goes out and another comes in. */
  const work = (options: Options, make: (extension: Extension) => ExtensionCodec | undefined): string[] => {
    const log: string[] = [];
    const engine = (name: string): { reset(): void; release(): void } => ({
      reset: () => log.push(`${name} forgets`),
      release() {},
    });
    const deflate: Deflate = {
      deflater({ windowBits, level, memoryLevel, takeover }) {
        log.push(`out ${windowBits}${takeover ? '' : ' alone'} ${level ?? ''}/${memoryLevel ?? ''}`);
        return { ...engine('out'), compress: () => new Uint8Array(10) };
      },
      inflater({ windowBits }) {
        log.push(`in ${windowBits}`);
        return { ...engine('in'), inflate() {} };
      },
    };
    const codec = make(permessageDeflate({ deflate, ...options }));
    codec?.encode(new Uint8Array(2_000), {});
    codec?.decode(Uint8Array.of(0), true, () => {});
    return log;
  };

  test.each<[string, string[], Options?]>([
    ['', ['out 15 /', 'in 15']],
    ['', ['out 15 4/5', 'in 15'], { level: 4, memoryLevel: 5 }],
    ['server_no_context_takeover', ['out 15 alone /', 'out forgets', 'in 15']],
    ['client_no_context_takeover', ['out 15 /', 'in 15', 'in forgets']],
    [
      '',
      ['out 15 alone /', 'out forgets', 'in 15', 'in forgets'],
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
    ['server_max_window_bits=10; client_max_window_bits=12', ['out 10 /', 'in 12']],
    ['server_max_window_bits=9', ['out 9 /', 'in 15']],
    ['server_max_window_bits=8', ['in 15']], // no engine keeps to that: everything goes out as it is
    ['client_max_window_bits', ['out 15 /', 'in 11'], { clientMaxWindowBits: 11 }],
    ['', ['out 15 /', 'in 15'], { clientMaxWindowBits: 11 }],
  ])('at a server, for the offer "%s"', (offer, log, options = {}) => {
    expect(work(options, (each) => each.accept(params(offer))?.codec)).toEqual(log);
  });

  test.each<[string, string[], Options?]>([
    ['', ['out 15 /', 'in 15']],
    ['client_max_window_bits=10', ['out 10 /', 'in 15']],
    ['', ['out 12 /', 'in 15'], { clientMaxWindowBits: 12 }],
    ['client_max_window_bits=10', ['out 10 /', 'in 15'], { clientMaxWindowBits: 12 }],
    ['server_max_window_bits=10', ['out 15 /', 'in 10']],
    ['client_max_window_bits=8', ['in 15']],
    ['client_no_context_takeover', ['out 15 alone /', 'out forgets', 'in 15']],
    ['', ['out 15 alone /', 'out forgets', 'in 15'], { clientNoContextTakeover: true }],
    ['server_no_context_takeover', ['out 15 /', 'in 15', 'in forgets']],
  ])('at a client, for the answer "%s"', (answer, log, options = {}) => {
    expect(work(options, (each) => each.agree(params(answer)))).toEqual(log);
  });

  test('what is made for many is shared by those that agreed on the same alone', () => {
    const made = new Map<string, Uint8Array | undefined>();
    const share = (offer: string, options: Options = {}): unknown =>
      extension({ threshold: 0, ...options })
        .accept(params(offer))
        ?.codec.encodeShared?.(new Uint8Array(100), {}, made);
    const first = share('');
    expect(share('client_no_context_takeover')).toBe(first);
    for (const options of [{ level: 9 }, { memoryLevel: 9 }, { serverMaxWindowBits: 9 }, { threshold: 1 }])
      share('', options);
    expect(made.size).toBe(5);
  });

  test('it has the registered name, and the bit RSV1', () => {
    expect([extension().name, extension().reserved]).toEqual(['permessage-deflate', 0x40]);
  });
});
