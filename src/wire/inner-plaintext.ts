/** RFC 8446 §5.2, TLSInnerPlaintext: what a record of TLS 1.3 protects: content, its type, and zeros. */
export interface InnerPlaintext {
  readonly content: Uint8Array; //  opaque content[TLSPlaintext.length], a view
  readonly contentType: number; //  ContentType type
  readonly paddingBytes: number; // uint8 zeros[length_of_padding]
}

/** Undefined for what has no type: zeros alone, or nothing. */
export function readInnerPlaintext(bytes: Uint8Array): InnerPlaintext | undefined {
  let end = bytes.length - 1;
  while (end >= 0 && bytes[end] === 0) {
    end--;
  }
  const contentType = bytes[end];
  if (contentType === undefined) {
    return undefined;
  }
  return { content: bytes.subarray(0, end), contentType, paddingBytes: bytes.length - 1 - end };
}

export function writeInnerPlaintext({ content, contentType, paddingBytes }: InnerPlaintext): Uint8Array {
  const bytes = new Uint8Array(content.length + 1 + paddingBytes);
  bytes.set(content);
  bytes[content.length] = contentType;
  return bytes;
}
