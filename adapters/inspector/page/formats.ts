/** Numbers, times and names as people read them. */

const NUMBER = new Intl.NumberFormat('en');

/** 1234567 as `1,234,567`. */
export const count = (number: number): string => NUMBER.format(number);

const ROUGH = new Intl.NumberFormat('en', { notation: 'compact' });

/** A number that has little room: `9,999`, `12K`, `1.2M`. */
export const roughly = (number: number): string => (number < 10_000 ? count(number) : ROUGH.format(number));

/** Bytes with three digits: `812 B`, `1.2 kB`, `64.0 MB`. */
export function bytes(number: number): string {
  if (number < 1_000) return `${number} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = number / 1_000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** How long: `0.4 s`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** A latency: `0.42 ms`, `12 ms`. */
export const latency = (milliseconds: number | null): string =>
  milliseconds === null ? '–' : `${milliseconds < 10 ? milliseconds.toFixed(2) : Math.round(milliseconds)} ms`;

/** A time of day, to the millisecond. */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const OPCODES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** The name of an opcode (RFC 6455 §5.2). */
export const opcodeName = (opcode: number): string => OPCODES[opcode] ?? `reserved ${opcode.toString(16)}`;

/** The last part of a state's path, which is what it is called in the chart. */
export const stateName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** The colour of a state: of the compound it is in, but a failure has its own. */
export const tone = (path: string): string =>
  path === 'closing.failed' ? 'bad' : path.startsWith('connecting') ? 'opening' : (path.split('.')[0] ?? path);
