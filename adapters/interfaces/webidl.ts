/** What Web IDL makes of values and of classes, as far as the classes of the WebSockets Standard need it. */

/** A string as a USVString: what is no Unicode scalar value becomes U+FFFD. */
export const toUSVString = (value: unknown): string => toDOMString(value).replace(/\p{Surrogate}/gu, '\ufffd');

/** @throws {TypeError} for a symbol, which is no string. */
export const toDOMString = (value: unknown): string => `${value as string}`; // what has no string throws here

/** `[Clamp] unsigned short`: the nearest number there is, and the even one of two; 0 where there is none. */
export function clampShort(value: unknown): number {
  const number = Math.min(Math.max(Number(value), 0), 65_535);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  return number - floor > 0.5 || (number - floor === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** `[EnforceRange] unsigned short`. @throws {TypeError} for a value that is no such number. */
export function enforceShort(value: unknown): number {
  const number = Math.trunc(Number(value)) + 0; // no negative zero
  if (number >= 0 && number <= 65_535) return number;
  throw new TypeError(`not a number from 0 to 65535: ${String(value)}`);
}

/** @throws {TypeError} for what is neither an object nor left out. */
export function toDictionary<Key extends string>(
  value: unknown,
  name: string,
): Readonly<Partial<Record<Key, unknown>>> {
  if (value === undefined || value === null) return Object.create(null);
  if (!isObject(value)) throw new TypeError(`${name} is not an object`);
  return value as Readonly<Partial<Record<Key, unknown>>>; // what it has is converted member by member
}

/** `sequence<T>`. @throws {TypeError} for what cannot be iterated. */
export function toSequence<T>(value: unknown, convert: (item: unknown) => T, name: string): T[] {
  if (!isIterable(value)) throw new TypeError(`${name} is not a sequence`);
  return Array.from(value, convert);
}

/** `(DOMString or sequence<DOMString>)`, with nothing as an empty sequence. */
export function toStrings(value: unknown): string[] {
  if (value === undefined) return [];
  return isIterable(value) ? toSequence(value, toDOMString, 'it') : [toDOMString(value)];
}

/**
 * The bytes of a BufferSource, not copied; `undefined` for another value.
 *
 * @throws {TypeError} for bytes that others may change or cut meanwhile: shared or resizable ones.
 */
export function toBufferSource(value: unknown): Uint8Array | undefined {
  const view = ArrayBuffer.isView(value);
  if (!view && !(value instanceof ArrayBuffer)) return undefined;
  const buffer = view ? value.buffer : value;
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('a view of shared memory may not be sent');
  if ((buffer as { readonly resizable?: boolean }).resizable === true) {
    throw new TypeError('a resizable buffer may not be sent');
  }
  return view ? new Uint8Array(buffer, value.byteOffset, value.byteLength) : new Uint8Array(buffer);
}

/** @throws {TypeError} where fewer than `least` arguments were given. */
export function demandArguments(given: number, least: number, what: string): void {
  if (given < least) throw new TypeError(`${what} takes ${least} argument${least === 1 ? '' : 's'}, but got ${given}`);
}

/**
 * Makes a class look as an interface does: members are enumerable, constants are, too, and the name is its tag.
 *
 * @param lengths - how many arguments an operation must have, and, as `new`, the constructor.
 */
export function defineInterface(
  made: { readonly prototype: object; readonly name: string },
  lengths: Readonly<Record<string, number>>,
  constants: Readonly<Record<string, number>> = {},
): void {
  const { prototype, name } = made;
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (key !== 'constructor') Object.defineProperty(prototype, key, { ...property, enumerable: true });
    const length = lengths[key === 'constructor' ? 'new' : key];
    if (length !== undefined) Object.defineProperty(property.value, 'length', { value: length, configurable: true });
  }
  for (const target of [made, prototype]) {
    for (const [key, value] of Object.entries(constants)) {
      Object.defineProperty(target, key, { value, enumerable: true, writable: false, configurable: false });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) && (value as Partial<Iterable<unknown>>)[Symbol.iterator] != null;
