/** Negotiating extensions, in both roles (RFC 6455 §9.1). */
import { UsageError } from '../errors.ts';
import { type ExtensionElement, isToken } from '../http/lists.ts';
import type { AgreedExtension, Extension, ExtensionParams } from './extension.ts';

/** What a server answers, and what it has agreed to, in the order of the answer. */
export interface Negotiated {
  /** The value of Sec-WebSocket-Extensions, or `''`. */
  readonly extensions: string;
  readonly agreed: readonly AgreedExtension[];
}

/** @throws {UsageError} for an extension no field can name, or one of two with the same name. */
export function checkExtensions(extensions: readonly Extension[]): void {
  if (extensions.length === 0) return;
  const names = extensions.map(({ name }) => name);
  if (!names.every(isToken) || new Set(names).size < names.length) {
    throw new UsageError('extension names must be different tokens');
  }
  for (const { reserved } of extensions) {
    if ((reserved & ~0x70) !== 0) throw new UsageError(`not RSV bits: ${reserved}`);
  }
}

/** The value of a client's Sec-WebSocket-Extensions, or `''`. */
export const offerExtensions = (extensions: readonly Extension[]): string =>
  extensions.flatMap((each) => each.offer().map((params) => write(each.name, params))).join(', ');

/** Judges the offers in the client's order; of the offers of one extension the first that it accepts counts. */
export function acceptExtensions(offers: readonly ExtensionElement[], extensions: readonly Extension[]): Negotiated {
  if (offers.length === 0 || extensions.length === 0) return NOTHING;
  const written: string[] = [];
  const agreed: AgreedExtension[] = [];
  const taken = new Set<string>();
  let bits = 0;
  for (const { name, params } of offers) {
    const extension = extensions.find((each) => each.name === name);
    if (extension === undefined || taken.has(name) || (extension.reserved & bits) !== 0) continue;
    const acceptance = extension.accept(params);
    if (acceptance === undefined) continue;
    taken.add(name);
    bits |= extension.reserved;
    written.push(write(name, acceptance.params));
    agreed.push({ reserved: extension.reserved, codec: acceptance.codec });
  }
  return { extensions: written.join(', '), agreed };
}

const NOTHING: Negotiated = { extensions: '', agreed: [] };

/** What a client has agreed to by the server's answer; `undefined` where it cannot agree. */
export function agreeExtensions(
  answer: readonly ExtensionElement[],
  extensions: readonly Extension[],
): readonly AgreedExtension[] | undefined {
  const agreed: AgreedExtension[] = [];
  let bits = 0;
  for (const { name, params } of answer) {
    const extension = extensions.find((each) => each.name === name);
    if (extension === undefined) continue; // offered as ready text, which has no codec
    const codec = extension.agree(params);
    if (codec === undefined || (extension.reserved & bits) !== 0) return undefined;
    bits |= extension.reserved;
    agreed.push({ reserved: extension.reserved, codec });
  }
  return agreed;
}

function write(name: string, params: ExtensionParams): string {
  const parts = params.map(([key, value]) => (value === true ? key : `${key}=${value}`));
  return [name, ...parts].join('; ');
}
