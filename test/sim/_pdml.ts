/** What tshark calls the fields of a capture, for tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ephemeralPorts } from '../../sim/network/index.js';

export interface SharkField {
  readonly name: string;
  /** What stands behind the name: `TLS 1.2 (0x0303)`. */
  readonly says: string;
  readonly hex: string;
}

export interface SharkStream {
  readonly client: SharkField[];
  readonly server: SharkField[];
}

/** The fields of TLS of each TCP stream and side, in the order in which tshark shows them. */
export function sharkFields(capture: Uint8Array): SharkStream[] {
  const folder = mkdtempSync(join(tmpdir(), 'fields-'));
  const file = join(folder, 'run.pcapng');
  writeFileSync(file, capture);
  const ran = spawnSync('tshark', ['-r', file, '-n', '-T', 'pdml'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  if (ran.error !== undefined) throw new Error('there is no tshark: apt-get install tshark', { cause: ran.error });
  const streams: SharkStream[] = [];
  for (const packet of ran.stdout.split('<packet>').slice(1)) {
    const fields = [
      ...packet.matchAll(/<field name="([^"]+)" showname="([^"]*)"[^>]*?(?: value="([0-9a-f]*)")?\/?>/gu),
    ];
    const hexOf = (wanted: string): string => fields.find(([, name]) => name === wanted)?.[3] ?? '';
    const number = Number(/name="tcp\.stream"[^>]* show="(\d+)"/u.exec(packet)?.[1]);
    const isServer = Number.parseInt(hexOf('tcp.srcport'), 16) < ephemeralPorts.min;
    streams[number] ??= { client: [], server: [] };
    streams[number][isServer ? 'server' : 'client'].push(
      ...fields
        .filter(([, name]) => name?.startsWith('tls.'))
        .map(([, name = '', shown = '', hex = '']) => ({ name, says: shown.replace(/^[^:]*: /u, ''), hex })),
    );
  }
  return streams;
}
