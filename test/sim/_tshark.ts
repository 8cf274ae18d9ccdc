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
 * @param streams - of how many TCP streams, from the first, what was decrypted is asked for
 */
export function dissect(capture: Uint8Array, streams = 0): Dissected {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  const file = join(folder, 'run.pcapng');
  writeFileSync(file, capture);
  const options = ['-n', '-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE', '-T', 'fields'];
  options.push('-E', 'separator=/t', '-E', 'aggregator=;', ...fields.flatMap((field) => ['-e', field]));
  for (let i = 0; i < streams; i++) options.push('-z', `follow,tls,raw,${i}`);
  const ran = spawnSync('tshark', ['-r', file, ...options], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  if (ran.error !== undefined) throw new Error('there is no tshark: apt-get install tshark', { cause: ran.error });
  if (ran.status !== 0) throw new Error(`tshark: ${ran.stderr}`);
  const [packets = '', ...followed] = ran.stdout.split(/\n?={20,}\n/u);
  const data = followed.filter((part) => part.includes('Follow: tls,raw')).map(directions);
  return {
    packets: packets.split('\n').filter(Boolean).map(packetOf),
    decrypted: (stream, from) => data.find((one) => one.stream === stream)?.[from] ?? new Uint8Array(),
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
