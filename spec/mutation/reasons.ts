/** Why mutants survive that are known. Whoever is not here, and not told by its kind, has no reason. */

export interface Reason {
  /** The file, below `core/`. */
  readonly file: string;
  /** What the line holds that is mutated. */
  readonly line: string;
  readonly why: string;
}

/** A mutant of what a person reads, and no program. */
export const WORDS = 'words for people, which no program reads';

const FASTER = 'only faster: the way round comes to the same';
const UNSEEN = 'what it begins with is set before it is read';
const SHAPE = 'what stands before has matched the whole already';

export const REASONS: readonly Reason[] = [
  { file: 'messages/utf8-validator.ts', line: 'if (end - start >= WORDS_FROM)', why: FASTER },
  { file: 'messages/utf8-validator.ts', line: 'const last = words.length - 4', why: FASTER },
  { file: 'messages/utf8-validator.ts', line: 'words[at + 1]!', why: FASTER },
  { file: 'messages/text.ts', line: "if (!text.includes('\\ufffd'))", why: FASTER },

  { file: 'framing/frame-decoder.ts', line: 'if (!this.#masked || end - at < 5', why: FASTER },
  { file: 'framing/frame-decoder.ts', line: 'const length = bytes[at]! - 0x80', why: FASTER },
  { file: 'framing/frame-decoder.ts', line: 'if (length < 0 || length > 125', why: FASTER },
  { file: 'framing/frame-decoder.ts', line: '#short(', why: FASTER },
  { file: 'framing/frame-decoder.ts', line: 'if (left === 0 && this.#control.length === 0)', why: FASTER },
  { file: 'framing/frame-encoder.ts', line: 'if (length <= COPY_BELOW)', why: FASTER },
  { file: 'framing/frame-encoder.ts', line: 'Math.min(length * 3, COPY_BELOW)', why: FASTER },
  {
    file: 'framing/frame-encoder.ts',
    line: 'this.encode(first, encoder.encode(text), true)',
    why: 'only spares a copy',
  },
  { file: 'framing/frame-reader.ts', line: "'header'", why: 'every part that is none of the others is the header' },
  {
    file: 'framing/frame-reader.ts',
    line: "'body'",
    why: 'every part that is none of the others is the body, where nothing is read',
  },
  { file: 'framing/frame-reader.ts', line: 'second === undefined', why: 'a byte that is not there extends no length' },
  { file: 'framing/frame-reader.ts', line: 'if (room > 0)', why: 'nothing is joined where there is no room' },
  { file: 'framing/frame-reader.ts', line: 'if (payload.length > 0', why: 'of nothing, nothing is unmasked' },
  { file: 'framing/frame-reader.ts', line: '.exec(head) ?? []', why: 'read from the second element on' },
  { file: 'framing/mask.ts', line: '', why: FASTER },
  { file: 'framing/short-message.ts', line: 'sink.message?.(', why: 'who has room takes messages' },
  { file: 'framing/short-message.ts', line: 'buffer.byteLength === chunk.length', why: FASTER },

  {
    file: 'messages/fragmenter.ts',
    line: 'if (bytes.length > 0)',
    why: 'no frame is made of nothing further on, either',
  },
  {
    file: 'messages/fragmenter.ts',
    line: 'if (text.length > cut)',
    why: 'no frame is made of nothing further on, either',
  },
  {
    file: 'messages/message-streamer.ts',
    line: 'if (end > start)',
    why: 'no chunk is made of nothing further on, either',
  },
  {
    file: 'messages/message-streamer.ts',
    line: 'back <= 3 && back <= length',
    why: 'such bytes are refused either way; only the work is bounded',
  },
  {
    file: 'messages/message-streamer.ts',
    line: 'byte < 0x80',
    why: 'a character that is cut off by another is refused either way',
  },
  { file: 'messages/message-streamer.ts', line: 'byte < 0xc0', why: 'C0 begins nothing, and is refused either way' },
  { file: 'messages/prepared-message.ts', line: 'this.#payload = typeof data', why: 'only spares a copy' },

  { file: 'opening/client-opening.ts', line: '/^1\\.[1-9]$/', why: SHAPE },
  { file: 'opening/client-opening.ts', line: '.exec(line) ?? []', why: 'read from the second element on' },
  {
    file: 'opening/handshake-fields.ts',
    line: 'if (added !== undefined)',
    why: 'no fields are the default of what is called',
  },
  {
    file: 'opening/request-judge.ts',
    line: '.exec(line) ?? []',
    why: 'an empty method is refused, and is the default',
  },
  { file: 'opening/request-judge.ts', line: 'texts.length < 2', why: FASTER },
  { file: 'opening/request-judge.ts', line: 'absolute ?? []', why: 'read from the second element on' },
  {
    file: 'opening/request-judge.ts',
    line: 'authority === undefined || AUTHORITY',
    why: 'the text "undefined" would be an authority, too',
  },
  { file: 'opening/request-judge.ts', line: "target.startsWith('/') ? null", why: FASTER },
  { file: 'opening/server-opening.ts', line: 'extensions: readonly ExtensionElement[] = []', why: UNSEEN },
  { file: 'opening/server-opening.ts', line: "#method = ''", why: UNSEEN },
  { file: 'opening/server-opening.ts', line: 'extensions: readonly Extension[] = []', why: UNSEEN },
  {
    file: 'opening/server-opening.ts',
    line: 'if (this.request !== undefined) return start',
    why: 'the endpoint reads no head any more',
  },
  {
    file: 'opening/server-opening.ts',
    line: 'this.request?.',
    why: 'there is a request where there is a key, or an answer',
  },
  { file: 'opening/server-opening.ts', line: "subprotocol === '' ? ''", why: FASTER },
  {
    file: 'opening/server-opening.ts',
    line: 'const fields: Field[] = []',
    why: 'the field that is added is none that can be written',
  },

  { file: 'extensions/deflate-codec.ts', line: 'if (compressed === undefined && !made.has(alike))', why: FASTER },
  {
    file: 'extensions/deflate-codec.ts',
    line: 'this.#inflater !== undefined',
    why: 'a message that has begun has its engine',
  },
  { file: 'extensions/extension-sink.ts', line: '#codecs: readonly ExtensionCodec[] = []', why: UNSEEN },
  { file: 'extensions/extension-sink.ts', line: '#fin = false', why: UNSEEN },
  {
    file: 'extensions/extension-sink.ts',
    line: 'if (!this.#fin)',
    why: 'of a last frame, what is held is handed on with the next piece',
  },
  { file: 'extensions/extension-sink.ts', line: 'this.#codecs = []', why: UNSEEN },
  {
    file: 'extensions/extension-sink.ts',
    line: 'index + 1 < this.#codecs.length',
    why: 'behind the last codec, nothing is made of nothing',
  },
  {
    file: 'extensions/extension-sink.ts',
    line: 'if (bytes.length === 0) return',
    why: 'nothing is handed on as nothing',
  },
  {
    file: 'extensions/extension-sink.ts',
    line: 'if (this.#length === bytes.length',
    why: 'only spares a copy',
  },
  { file: 'extensions/negotiation.ts', line: 'if (extensions.length === 0) return', why: FASTER },
  { file: 'extensions/negotiation.ts', line: 'if (offers.length === 0 || extensions.length === 0)', why: FASTER },
  {
    file: 'extensions/permessage-deflate.ts',
    line: 'const terms: (boolean',
    why: 'what is missing counts as false, and as undefined',
  },
];
