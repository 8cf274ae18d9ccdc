/** What fields say, beside what tshark says of the same bytes: names, values, and which bytes they are. */
import test from 'ava';
import { capturePlan } from '../../sim/capture/index.js';
import { bytesOf, type Field, fieldsOfConnection } from '../../sim/fields/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import type { ProfileName } from '../../src/index.js';
import { type SharkField, sharkFields } from './_pdml.js';
import { scenarios } from './_scenarios.js';

/** A field that tshark shows, what it is called here, and how what is said of it is compared; where nothing is, the bytes alone are. */
interface Same {
  readonly shark: string;
  readonly ours: readonly string[];
  readonly says?: 'alike' | 'in other letters';
}

const same: readonly Same[] = [
  { shark: 'tls.handshake.type', ours: ['msg_type'] },
  { shark: 'tls.handshake.ciphersuite', ours: ['cipher_suite'], says: 'alike' },
  { shark: 'tls.handshake.comp_method', ours: ['compression_method', 'legacy_compression_method'] },
  { shark: 'tls.handshake.random', ours: ['random'] },
  { shark: 'tls.handshake.session_id', ours: ['session_id'] },
  { shark: 'tls.handshake.extension.type', ours: ['extension_type'], says: 'alike' },
  { shark: 'tls.handshake.extensions_supported_group', ours: ['named_group'], says: 'alike' },
  { shark: 'tls.handshake.extensions.supported_version', ours: ['version', 'selected_version'], says: 'alike' },
  { shark: 'tls.handshake.extensions_ec_point_format', ours: ['ec_point_format'] },
  { shark: 'tls.handshake.extensions_key_share_group', ours: ['group', 'selected_group'] },
  { shark: 'tls.handshake.extensions_key_share_key_exchange', ours: ['key'] },
  { shark: 'tls.handshake.extensions.psk.identity.identity', ours: ['identity'] },
  { shark: 'tls.handshake.extensions.psk.identity.obfuscated_ticket_age', ours: ['obfuscated_ticket_age'] },
  { shark: 'tls.handshake.extensions.psk.identity.selected', ours: ['selected_identity'] },
  { shark: 'tls.extension.psk_ke_mode', ours: ['ke_mode'] },
  { shark: 'tls.handshake.sig_hash_alg', ours: ['algorithm'], says: 'alike' },
  { shark: 'tls.handshake.certificate', ours: ['certificate'] },
  { shark: 'tls.handshake.server_named_curve', ours: ['namedcurve'], says: 'alike' },
  { shark: 'tls.handshake.server_point', ours: ['point'] },
  { shark: 'tls.handshake.client_point', ours: ['point'] },
  { shark: 'tls.handshake.sig', ours: ['signature'] },
  { shark: 'tls.handshake.client_cert_vrfy.sig', ours: ['signature'] },
  { shark: 'tls.handshake.client_cert_type', ours: ['certificate_type'] },
  { shark: 'tls.handshake.verify_data', ours: ['verify_data'] },
  { shark: 'tls.handshake.session_ticket_lifetime_hint', ours: ['ticket_lifetime_hint', 'ticket_lifetime'] },
  { shark: 'tls.handshake.session_ticket_age_add', ours: ['ticket_age_add'] },
  { shark: 'tls.handshake.session_ticket_nonce', ours: ['nonce'] },
  { shark: 'tls.alert_message.level', ours: ['level'], says: 'in other letters' },
  { shark: 'tls.alert_message.desc', ours: ['description'], says: 'in other letters' },
];

interface Shown {
  readonly name: string;
  readonly value: string;
  readonly hex: string;
}

/** Fields without children, and their bytes. */
function leavesOf(fields: readonly Field[], bytes: Uint8Array): Shown[] {
  return fields.flatMap((field) => {
    const { name, value, offset, length, children, inside } = field;
    const within = inside === undefined ? [] : leavesOf(inside.fields, inside.bytes);
    if (children !== undefined) return [...leavesOf(children, bytes), ...within];
    return [{ name, value, hex: Buffer.from(bytes.subarray(offset, offset + length)).toString('hex') }, ...within];
  });
}

function words(says: string, how: Same['says']): string {
  if (how === 'in other letters') return says.toLowerCase().replace(/[ _]/gu, '');
  return says;
}

/** Not where tshark does not know the number, or has older words for it. */
const known = (says: string): boolean => !/Unknown|DSA |SHA224 /u.test(says);

const samples: readonly (readonly [name: string, profile: ProfileName])[] = [
  ['resumed-by-ticket', '1.1.1'],
  ['late-authentication', '3.5'],
  ['early-data-rejected', '3.0'],
];
for (const [name, profile] of samples) {
  test(`fields of ${name} are the ones that tshark shows, with its names`, (t) => {
    const plan = recordPlan(scenarios.find((one) => one.name === name)!, { seed: '1', profile });
    const capture: Uint8Array[] = [];
    capturePlan(plan, (bytes) => capture.push(bytes));
    const shark = sharkFields(Buffer.concat(capture));
    const { connections, keyLog } = bytesOf(plan);
    t.is(shark.length, connections.length);
    let compared = 0;
    connections.forEach(({ client, server }, i) => {
      const fields = fieldsOfConnection({ client: client.bytes, server: server.bytes }, { keyLog });
      for (const side of ['client', 'server'] as const) {
        const leaves = leavesOf(fields[side].records, side === 'client' ? client.bytes : server.bytes);
        for (const { shark: sharkName, ours, says } of same) {
          const theirs = (shark[i]?.[side] ?? []).filter((one: SharkField) => one.name === sharkName && one.hex !== '');
          if (theirs.length === 0) continue;
          const own = leaves.filter((leaf) => ours.includes(leaf.name));
          const about = `${sharkName}, ${side} of connection ${i + 1}`;
          t.deepEqual(
            own.map(({ hex }) => hex),
            theirs.map(({ hex }) => hex),
            about,
          );
          compared += own.length;
          if (says === undefined) continue;
          theirs.forEach((one, n) => {
            if (known(one.says)) t.is(words(own[n]!.value, says), words(one.says, says), about);
          });
        }
      }
    });
    t.true(compared > 100);
  });
}
