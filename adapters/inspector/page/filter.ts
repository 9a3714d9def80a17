/** What a person types to see less: words that all have to be there, some of which mean more than their letters. */
import type { ConnectionSummary, TimelineEntry } from '../protocol.ts';
import { wordsOf } from './entry-words.ts';

type Test = (entry: TimelineEntry) => boolean;

const KINDS = ['frame', 'message', 'head', 'step', 'event'];
const OPCODES = ['text', 'binary', 'continuation', 'ping', 'pong', 'close'];

/** What `HELP` says, for entries. A word behind `-` must not be there. */
export function entryFilter(typed: string): Test {
  const tests = split(typed).map((word): Test => {
    if (word.startsWith('-') && word.length > 1) return not(testOf(word.slice(1)));
    return testOf(word);
  });
  return (entry) => tests.every((test) => test(entry));
}

/** To be shown where it is typed. */
export const HELP = 'in · out · frame · message · head · step · event · ping … close · >1000 · #7 · any word · -not';

/** Every word in one of the texts of a connection, or its number behind `#`. */
export function connectionFilter(typed: string): (connection: ConnectionSummary) => boolean {
  const words = split(typed);
  return ({ id, role, state, peer, host, path, protocol, extensions, violation }) => {
    const all = [`#${id}`, role, state, peer, host, path, protocol, extensions, violation?.code]
      .join(' ')
      .toLowerCase();
    return words.every((word) => (word.startsWith('#') ? word === `#${id}` : all.includes(word)));
  };
}

const split = (typed: string): string[] => typed.toLowerCase().split(/\s+/).filter(Boolean);
const not =
  (test: Test): Test =>
  (entry) =>
    !test(entry);

function testOf(word: string): Test {
  const [, than, bytes] = /^([<>])(\d+)$/.exec(word) ?? [];
  if (than !== undefined) {
    const border = Number(bytes);
    return (entry) => {
      const { size } = wordsOf(entry);
      return size !== undefined && (than === '>' ? size > border : size < border);
    };
  }
  if (/^#\d+$/.test(word)) return ({ connection }) => connection === Number(word.slice(1));
  if (word === 'in' || word === 'out') return (entry) => 'direction' in entry && entry.direction === word;
  const kind = KINDS.find((each) => word === each || word === `${each}s`);
  if (kind !== undefined) return (entry) => entry.kind === kind;
  if (OPCODES.includes(word)) return (entry) => entry.kind === 'frame' && wordsOf(entry).kind === word;
  return (entry) => {
    const { kind: what, flags, text } = wordsOf(entry);
    return `${what} ${flags} ${text}`.toLowerCase().includes(word);
  };
}
