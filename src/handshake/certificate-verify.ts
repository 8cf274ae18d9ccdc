/** What a CertificateVerify of TLS 1.3 signs: RFC 8446 §4.4.3. */
const spaces = 64;
const space = 0x20;
const starts = {
  client: startOf('TLS 1.3, client CertificateVerify'),
  server: startOf('TLS 1.3, server CertificateVerify'),
} as const;

/** @param transcriptHash - of all up to the sender's Certificate */
export function certificateVerifyContent(sender: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
  const start = starts[sender];
  const content = new Uint8Array(start.length + transcriptHash.length);
  content.set(start);
  content.set(transcriptHash, start.length);
  return content;
}

/** Spaces, who signs, and a zero byte. */
function startOf(context: string): Uint8Array {
  const start = new Uint8Array(spaces + context.length + 1).fill(space, 0, spaces);
  for (let i = 0; i < context.length; i++) start[spaces + i] = context.charCodeAt(i);
  return start;
}
