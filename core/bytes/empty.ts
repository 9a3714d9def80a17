/** No bytes, shared; nobody outside of the core gets it, who could detach it. */
export const EMPTY: Uint8Array = new Uint8Array(0);
