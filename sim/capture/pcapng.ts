/**
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. Nothing comes back to what was written: a file can
 * be made while the run goes on, and cut after any block it can still be read.
 */

/** Block types. */
const block = { section: 0x0a0d0d0a, interface: 1, secrets: 10, packet: 6 } as const;
/** Option codes: those of one block mean nothing in another, comments aside. */
const option = { comment: 1, interfaceName: 2, interfaceDescription: 3, application: 4, timeResolution: 9 } as const;
const byteOrderMagic = 0x1a2b3c4d;
const linkTypeEthernet = 1;
/** `TLSK`: the secrets are an NSS key log. */
const tlsKeyLog = 0x544c534b;
/** No packet is cut short. */
const snapBytes = 0;
/** What the length of an option may be. */
const optionBytesMax = 2 ** 16 - 1;

/** One packet as it was seen. */
export interface CapturedPacket {
  /** Which of the interfaces described before, from 0. */
  readonly interface: number;
  /** Microseconds since the Unix epoch. */
  readonly timeUs: number;
  readonly frame: Uint8Array;
  readonly comments: readonly string[];
}

/** The block that a file begins with. */
export function sectionBlock(about: { readonly comment: string; readonly application: string }): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, byteOrderMagic, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true); // how long the section is, is not known yet
  return blockOf(block.section, [
    body,
    ...optionsOf([
      [option.comment, about.comment],
      [option.application, about.application],
    ]),
  ]);
}

/** Describes an Ethernet interface whose times are microseconds. */
export function interfaceBlock(about: { readonly name: string; readonly description: string }): Uint8Array {
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint16(0, linkTypeEthernet, true);
  view.setUint32(4, snapBytes, true);
  return blockOf(block.interface, [
    body,
    ...optionsOf([
      [option.interfaceName, about.name],
      [option.interfaceDescription, about.description],
      [option.timeResolution, Uint8Array.of(6)],
    ]),
  ]);
}

/** Secrets for the packets that come after it. @param keyLog - lines of an NSS key log, each with its end */
export function secretsBlock(keyLog: string): Uint8Array {
  const secrets = Buffer.from(keyLog);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, tlsKeyLog, true);
  view.setUint32(4, secrets.length, true);
  return blockOf(block.secrets, [head, padded(secrets)]);
}

export function packetBlock(packet: CapturedPacket): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint32(0, packet.interface, true);
  view.setUint32(4, Math.floor(packet.timeUs / 2 ** 32), true);
  view.setUint32(8, packet.timeUs % 2 ** 32, true);
  view.setUint32(12, packet.frame.length, true);
  view.setUint32(16, packet.frame.length, true);
  const comments = packet.comments.map((text): Option => [option.comment, text]);
  return blockOf(block.packet, [head, padded(packet.frame), ...optionsOf(comments)]);
}

/** Type, length, body, and the length once more. */
function blockOf(type: number, body: readonly Uint8Array[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, 12);
  const whole = new Uint8Array(length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of body) {
    whole.set(part, at);
    at += part.length;
  }
  view.setUint32(at, length, true);
  return whole;
}

type Option = readonly [code: number, value: string | Uint8Array];

/** Options and their end; nothing at all where there are none. */
function optionsOf(options: readonly Option[]): readonly Uint8Array[] {
  if (options.length === 0) return [];
  const parts = options.flatMap(([code, given]) => {
    const whole = typeof given === 'string' ? Buffer.from(given) : given;
    const value = whole.subarray(0, optionBytesMax);
    const head = new Uint8Array(4);
    const view = new DataView(head.buffer);
    view.setUint16(0, code, true);
    view.setUint16(2, value.length, true);
    return [head, padded(value)];
  });
  return [...parts, new Uint8Array(4)];
}

/** `bytes` with zeros up to a multiple of four. */
function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const longer = new Uint8Array(bytes.length + 4 - (bytes.length % 4));
  longer.set(bytes);
  return longer;
}
