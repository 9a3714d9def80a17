/** A timeline entry in words: what its row says, and what a filter looks at. */
import type { FrameEntry, MessageEntry, TimelineEntry } from '../protocol.ts';
import { bytes, count, opcodeName, stateName } from './formats.ts';
import { asText, fromBase64 } from './payload-view.ts';

export interface EntryWords {
  /** What it is: the opcode of a frame, the event of a step. */
  readonly kind: string;
  /** What colours it. */
  readonly tone: 'data' | 'control' | 'close' | 'message' | 'head' | 'step' | 'event' | 'bad';
  /** FIN, RSV and the like. */
  readonly flags: string;
  /** Bytes, where it has some. */
  readonly size: number | undefined;
  readonly text: string;
}

const known = new WeakMap<TimelineEntry, EntryWords>();

export function wordsOf(entry: TimelineEntry): EntryWords {
  let words = known.get(entry);
  if (words === undefined) {
    words = compose(entry);
    known.set(entry, words);
  }
  return words;
}

function compose(entry: TimelineEntry): EntryWords {
  switch (entry.kind) {
    case 'frame':
      return frame(entry);
    case 'message':
      return {
        kind: entry.text ? 'text message' : 'binary message',
        tone: 'message',
        flags: '',
        size: entry.length,
        text: `${howItCame(entry)} · ${preview(entry.payload, entry.text)}`,
      };
    case 'head':
      return {
        kind: 'head',
        tone: 'head',
        flags: '',
        size: entry.length,
        text: asText(fromBase64(entry.payload)).split('\r\n')[0] ?? '',
      };
    case 'step': {
      const [from, to] = [stateName(entry.from), stateName(entry.to)];
      const effects = entry.effects.length > 0 ? ` / ${entry.effects.join(', ')}` : '';
      const text = `${from === to ? `stays in ${to}` : `${from} → ${to}`}${effects}`;
      const tone = /violation|Unresponsive/.test(entry.event) ? 'bad' : 'step';
      return { kind: entry.event, tone, flags: '', size: undefined, text };
    }
    case 'event':
      return {
        kind: entry.event,
        tone: entry.event === 'violation' ? 'bad' : 'event',
        flags: '',
        size: undefined,
        text: entry.detail,
      };
  }
}

function frame(entry: FrameEntry): EntryWords {
  const { opcode, close, complete } = entry;
  const flags = [entry.fin && 'FIN', entry.rsv1 && 'RSV1', entry.rsv2 && 'RSV2', entry.rsv3 && 'RSV3'];
  const text = [
    complete ? '' : 'incomplete',
    entry.rsv1 ? 'compressed' : '',
    close === undefined ? preview(entry.payload, opcode === 1) : closing(close),
  ];
  return {
    kind: opcodeName(opcode),
    tone: complete ? (close !== undefined || opcode === 8 ? 'close' : opcode > 8 ? 'control' : 'data') : 'bad',
    flags: flags.filter(Boolean).join(' '),
    size: entry.length,
    text: text.filter((part) => part !== '').join(' · '),
  };
}

const closing = ({ code, name, reason }: { code: number; name: string; reason: string }): string =>
  `${code} ${closeName(name)}${reason === '' ? '' : ` “${reason}”`}`;

/** The name of a Close code in words: `goingAway` is going away. */
export const closeName = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The way of a message: how many frames, and how long it was before and behind compression. */
export function howItCame({ direction, frames, compressed, wireLength, length }: MessageEntry): string {
  const [before, behind] = direction === 'in' ? [wireLength, length] : [length, wireLength];
  const share = length > 0 ? ` (${Math.round((100 * wireLength) / length)} %)` : '';
  return `${count(frames)} frame${frames === 1 ? '' : 's'}${compressed ? `, ${bytes(before)} → ${bytes(behind)}${share}` : ''}`;
}

function preview(base64: string, text: boolean): string {
  const payload = fromBase64(base64);
  if (text) return asText(payload).replace(/\s+/g, ' ');
  return [...payload.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
