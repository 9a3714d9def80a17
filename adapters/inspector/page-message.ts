/** What a page says, judged: whoever has the token may still say anything. */
import type { PageMessage } from './protocol.ts';

/** @returns `undefined` for what is no message of a page. */
export function parsePageMessage(text: string): PageMessage | undefined {
  const { type, connections, seq } = objectOf(text);
  switch (type) {
    case 'pause':
    case 'resume':
      return { type };
    case 'payload':
      return typeof seq === 'number' ? { type, seq } : undefined;
    case 'watch':
      return connections === 'all' || isNumbers(connections) ? { type, connections } : undefined;
    default:
      return undefined;
  }
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number');

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
