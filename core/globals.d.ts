/**
 * The only two globals of the host that the core names. Every runtime has both.
 *
 * Only the core is compiled with this file: what others consume are the declarations in dist/, which do not refer to it,
 * so it meets neither lib.dom nor the types of a runtime.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { readonly read: number; readonly written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { readonly stream?: boolean }): string;
}
