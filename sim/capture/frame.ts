/** One TCP segment in an IP packet in an Ethernet frame, lengths and checksums right. */

/** Bytes of each header without options. */
const headerBytes = { ethernet: 14, ipv4: 20, ipv6: 40, tcp: 20 } as const;
/** What fits into one IPv4 packet (RFC 791 §3.1). */
export const payloadBytesMax: number = 65_535 - headerBytes.ipv4 - headerBytes.tcp;

/** Bits of the TCP header (RFC 9293 §3.1). */
export const tcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

const etherType = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const ipv6AddressBytes = 16;
const protocolTcp = 6;
const dontFragment = 0x4000;
const timeToLive = 64;

export interface FrameEnd {
  /** IPv4, four bytes; or IPv6, sixteen. Both ends have the same kind. */
  readonly address: Uint8Array;
  readonly port: number;
}

export interface TcpSegment {
  readonly from: FrameEnd;
  readonly to: FrameEnd;
  /** Modulo 2^32, as are acknowledgements. */
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Bits of `tcpFlag`. */
  readonly flags: number;
  /** As it stands in the header: scaled already. */
  readonly window: number;
  /** A multiple of four bytes, 40 at most. */
  readonly options: Uint8Array;
  /** `payloadBytesMax` at most, options counted. */
  readonly payload: Uint8Array;
}

/** The frame, without the checksum at its end that captures leave out. */
export function frameOf(segment: TcpSegment): Uint8Array {
  const { from, to, options, payload } = segment;
  const isIpv6 = from.address.length === ipv6AddressBytes;
  const tcpBytes = headerBytes.tcp + options.length + payload.length;
  const ipAt = headerBytes.ethernet;
  const tcpAt = ipAt + (isIpv6 ? headerBytes.ipv6 : headerBytes.ipv4);
  const frame = new Uint8Array(tcpAt + tcpBytes);
  const view = new DataView(frame.buffer);

  frame.set(hardwareAddress(to), 0);
  frame.set(hardwareAddress(from), 6);
  view.setUint16(12, isIpv6 ? etherType.ipv6 : etherType.ipv4);
  if (isIpv6) putIpv6(view, segment, tcpBytes);
  else putIpv4(view, segment, tcpBytes);

  view.setUint16(tcpAt, from.port);
  view.setUint16(tcpAt + 2, to.port);
  view.setUint32(tcpAt + 4, segment.sequence);
  view.setUint32(tcpAt + 8, segment.acknowledgement);
  view.setUint8(tcpAt + 12, ((headerBytes.tcp + options.length) / 4) << 4);
  view.setUint8(tcpAt + 13, segment.flags);
  view.setUint16(tcpAt + 14, segment.window);
  frame.set(options, tcpAt + headerBytes.tcp);
  frame.set(payload, tcpAt + headerBytes.tcp + options.length);
  // The pseudo-header: both addresses, the protocol, the length (RFC 9293 §3.1).
  const pseudoHeader = wordSum(from.address) + wordSum(to.address) + protocolTcp + tcpBytes;
  view.setUint16(tcpAt + 16, checksum(frame.subarray(tcpAt), pseudoHeader));
  return frame;
}

/** RFC 791 §3.1. */
function putIpv4(view: DataView, { from, to }: TcpSegment, tcpBytes: number): void {
  const ipAt = headerBytes.ethernet;
  const header = new Uint8Array(view.buffer, ipAt, headerBytes.ipv4);
  view.setUint8(ipAt, (4 << 4) | (headerBytes.ipv4 / 4));
  view.setUint16(ipAt + 2, headerBytes.ipv4 + tcpBytes);
  view.setUint16(ipAt + 6, dontFragment);
  view.setUint8(ipAt + 8, timeToLive);
  view.setUint8(ipAt + 9, protocolTcp);
  header.set(from.address, 12);
  header.set(to.address, 16);
  view.setUint16(ipAt + 10, checksum(header, 0));
}

/** RFC 8200 §3. */
function putIpv6(view: DataView, { from, to }: TcpSegment, tcpBytes: number): void {
  const ipAt = headerBytes.ethernet;
  const header = new Uint8Array(view.buffer, ipAt, headerBytes.ipv6);
  view.setUint8(ipAt, 6 << 4);
  view.setUint16(ipAt + 4, tcpBytes);
  view.setUint8(ipAt + 6, protocolTcp);
  view.setUint8(ipAt + 7, timeToLive);
  header.set(from.address, 8);
  header.set(to.address, 24);
}

/** A locally administered address that shows the IPv4 address, or the end of the IPv6 address. */
function hardwareAddress(end: FrameEnd): Uint8Array {
  return Uint8Array.of(0x02, 0, ...end.address.subarray(-4));
}

/** RFC 1071, over `bytes` and a sum of words already made. */
function checksum(bytes: Uint8Array, sum: number): number {
  let folded = sum + wordSum(bytes);
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

/** The sum of the words of 16 bits, the last one filled up with zeros. */
function wordSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  return sum;
}
