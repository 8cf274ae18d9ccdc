/** Captures as tshark reads them, for tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ephemeralPorts } from '../../sim/network/index.js';

/** One packet. */
export interface Packet {
  readonly host: string;
  readonly stream: number;
  readonly seconds: number;
  /** `SYN,ACK`, `PSH,ACK`, … */
  readonly flags: string;
  readonly info: string;
  /** RFC 5246 §7.4; of protected records too, where they could be decrypted. */
  readonly handshakeTypes: readonly number[];
  readonly comment: string;
  /** `malformed`, and what expert information of the severity of an error says. */
  readonly errors: readonly string[];
  /** What the analysis of the TCP stream remarks: `lost_segment`, `retransmission`, … */
  readonly analysis: readonly string[];
}

export interface Dissected {
  readonly packets: readonly Packet[];
  /** By stream and direction, what was inside of TLS's application data. */
  decrypted(stream: number, from: 'client' | 'server'): Uint8Array;
}

const severityError = 0x80_0000;
const analyses = 'lost_segment ack_lost_segment retransmission out_of_order zero_window'.split(' ');
const fields = [
  'frame.interface_name',
  'tcp.stream',
  'frame.time_epoch',
  'tcp.flags',
  '_ws.col.Info',
  'tls.handshake.type',
  'frame.comment',
  '_ws.malformed',
  '_ws.expert.severity',
  '_ws.expert.message',
  ...analyses.map((name) => `tcp.analysis.${name}`),
];

/**
 * Has tshark read a capture, with no other help than what stands in it; checksums are looked at.
 * @param keyLog - what it is told besides
 */
export function dissect(capture: Uint8Array, keyLog?: string): Dissected {
  return dissectTogether([capture], keyLog)[0]!;
}

/** Has one tshark read several captures, since to start it takes longer than to read most: each is moved to a network of its own. */
export function dissectAll(captures: readonly Uint8Array[]): readonly Dissected[] {
  return Array.from({ length: Math.ceil(captures.length / captureMax) }, (_, batch) =>
    dissectTogether(captures.slice(batch * captureMax, (batch + 1) * captureMax)),
  ).flat();
}

const captureMax = 20;

function dissectTogether(captures: readonly Uint8Array[], keyLog?: string): readonly Dissected[] {
  const moved = captures.map((capture, network) => movedTo(network, capture));
  const streams = moved.reduce((sum, one) => sum + one.streams, 0);
  const { packets, data } = read(Buffer.concat(moved.map(({ bytes }) => bytes)), streams, keyLog);
  const begins = { packet: 0, stream: 0 };
  return moved.map((one) => {
    const first = begins.stream;
    const own = packets.slice(begins.packet, begins.packet + one.hosts.length);
    begins.packet += one.hosts.length;
    begins.stream += one.streams;
    return {
      // Of several sections tshark gives every packet the interfaces of the first.
      packets: own.map((packet, i) => ({
        ...packet,
        stream: packet.stream - first,
        host: captures.length === 1 ? packet.host : one.hosts[i]!,
      })),
      decrypted: (stream, from) => data.find((each) => each.stream === first + stream)?.[from] ?? new Uint8Array(),
    };
  });
}

/** Of pcapng (draft-ietf-opsawg-pcapng), and what stands before the addresses of a packet. */
const interfaceDescription = 1;
const enhancedPacket = 6;
const packetDataAt = 28;
const ipAt = packetDataAt + 14;
const tcpAt = ipAt + 20;

interface Moved {
  readonly bytes: Uint8Array;
  /** Of each packet. */
  readonly hosts: readonly string[];
  readonly streams: number;
}

/** The same capture, in which every IPv4 address has that second byte. Both checksums follow, so that one that was wrong stays wrong. */
function movedTo(network: number, capture: Uint8Array): Moved {
  const bytes = capture.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const streams = new Set<string>();
  const interfaces: string[] = [];
  const hosts: string[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) === interfaceDescription) {
      // Its name is its first option.
      const name = bytes.subarray(at + 20, at + 20 + view.getUint16(at + 18, true));
      interfaces.push(Buffer.from(name).toString());
    }
    if (view.getUint32(at, true) !== enhancedPacket) continue;
    hosts.push(interfaces[view.getUint32(at + 8, true)]!);
    const ends = [0, 1].map((end) =>
      [view.getUint32(at + ipAt + 12 + 4 * end), view.getUint16(at + tcpAt + 2 * end)].join(':'),
    );
    streams.add(ends.toSorted().join(' '));
    for (const address of [at + ipAt + 12, at + ipAt + 16]) bytes[address + 1]! += network;
    for (const checksum of [at + ipAt + 10, at + tcpAt + 16]) {
      const sum = (~view.getUint16(checksum) & 0xffff) + 2 * network;
      view.setUint16(checksum, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
    }
  }
  return { bytes, hosts, streams: streams.size };
}

/** @param streams - how many TCP streams there are */
function read(
  capture: Uint8Array,
  streams: number,
  keyLog: string | undefined,
): { packets: Packet[]; data: ReturnType<typeof directions>[] } {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  const file = join(folder, 'run.pcapng');
  writeFileSync(file, capture);
  const options = ['-n', '-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE', '-T', 'fields'];
  options.push('-E', 'separator=/t', '-E', 'aggregator=;', ...fields.flatMap((field) => ['-e', field]));
  if (keyLog !== undefined) {
    writeFileSync(join(folder, 'keys'), keyLog);
    options.push('-o', `tls.keylog_file:${join(folder, 'keys')}`);
  }
  for (let i = 0; i < streams; i++) options.push('-z', `follow,tls,raw,${i}`);
  const ran = spawnSync('tshark', ['-r', file, ...options], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  if (ran.error !== undefined) throw new Error('there is no tshark: apt-get install tshark', { cause: ran.error });
  if (ran.status !== 0) throw new Error(`tshark: ${ran.stderr}`);
  const [packets = '', ...followed] = ran.stdout.split(/\n?={20,}\n/u);
  return {
    packets: packets.split('\n').filter(Boolean).map(packetOf),
    data: followed.filter((part) => part.includes('Follow: tls,raw')).map(directions),
  };
}

function packetOf(line: string): Packet {
  const value = new Map(line.split('\t').map((text, i) => [fields[i], text]));
  const get = (field: string): string => value.get(field) ?? '';
  const list = (field: string): string[] => get(field).split(';').filter(Boolean);
  const severe = list('_ws.expert.severity').some((severity) => Number(severity) >= severityError);
  return {
    host: get('frame.interface_name'),
    stream: Number(get('tcp.stream')),
    seconds: Number(get('frame.time_epoch')),
    flags: flagNames(Number(get('tcp.flags'))),
    info: get('_ws.col.Info'),
    handshakeTypes: list('tls.handshake.type').map(Number),
    comment: get('frame.comment'),
    errors: [...list('_ws.malformed').map(() => 'malformed'), ...(severe ? list('_ws.expert.message') : [])],
    analysis: analyses.filter((name) => get(`tcp.analysis.${name}`) !== ''),
  };
}

function flagNames(flags: number): string {
  return ['FIN', 'SYN', 'RST', 'PSH', 'ACK'].filter((_, i) => (flags & (1 << i)) !== 0).join(',');
}

/** Two directions, hex a record: what did not come from node 0 stands behind a tab. Node 0 is who spoke first under protection. */
function directions(text: string): { stream: number; client: Uint8Array; server: Uint8Array } {
  const stream = Number(/tcp\.stream eq (\d+)/u.exec(text)?.[1]);
  const serverFirst = Number(/^Node 0: .*:(\d+)$/mu.exec(text)?.[1]) < ephemeralPorts.min;
  const records = text.split('\n').filter((line) => /^\t?[0-9a-f]+$/u.test(line));
  const of = (tabbed: boolean): Uint8Array =>
    new Uint8Array(
      Buffer.from(
        records
          .filter((line) => line.startsWith('\t') === tabbed)
          .join('')
          .replaceAll('\t', ''),
        'hex',
      ),
    );
  return { stream, client: of(serverFirst), server: of(!serverFirst) };
}
