/** No bytes, of which one is enough. */
export const nothing: Uint8Array = new Uint8Array(0);
