/** The secrets of the traces of RFC 8448, computed from the private keys that stand beside them: a key log for each. */
import { type FieldsOptions, fieldsOfConnection, type Message } from '../../sim/fields/index.js';
import type { GroupName } from '../../src/crypto/index.js';
import * as schedule from '../../src/handshake/index.js';
import { writeMessageHash } from '../../src/wire/index.js';
import * as rfc from '../src/handshake/_rfc8448.js';
import { by, concat, crypto } from '../src/handshake/_side.js';

const finished = 20;
const helloTypes = [1, 2];

export function keyLogOf(trace: rfc.Trace): string[] {
  const log: string[] = [];
  const tell = (label: string, secret: Uint8Array): void => {
    log.push(`${label} ${hexOf(trace.clientRandom)} ${hexOf(secret)}`);
  };
  const early = schedule.earlySecret(by, trace === rfc.resumed ? rfc.secretsOfSimple.psk : undefined);
  const hellos = messagesOf(trace, log).filter(({ handshakeType = 0 }) => helloTypes.includes(handshakeType));
  tell('CLIENT_EARLY_TRAFFIC_SECRET', schedule.clientEarlyTrafficSecret(by, early, hashOf(hellos.slice(0, 1))));
  const shared = agreed(trace, hellos.at(-1)!);
  const handshake = schedule.handshakeSecret(by, early, shared);
  const traffic = schedule.handshakeTrafficSecrets(by, handshake, hashOf(hellos));
  tell('CLIENT_HANDSHAKE_TRAFFIC_SECRET', traffic.client);
  tell('SERVER_HANDSHAKE_TRAFFIC_SECRET', traffic.server);
  const server = fieldsOfConnection(trace, { keyLog: log }).server.messages.filter(isHandshake);
  const flight = server.slice(
    server.findLastIndex(({ handshakeType }) => handshakeType === helloTypes[1]) + 1,
    server.findIndex(({ handshakeType }) => handshakeType === finished) + 1,
  );
  const master = schedule.masterSecretOfTls13(by, handshake);
  const application = schedule.applicationTrafficSecrets(by, master, hashOf([...hellos, ...flight]));
  tell('CLIENT_TRAFFIC_SECRET_0', application.client);
  tell('SERVER_TRAFFIC_SECRET_0', application.server);
  return log;
}

/** Handshake messages of both sides that can be read, in the order of a handshake. */
function messagesOf(trace: rfc.Trace, keyLog: NonNullable<FieldsOptions['keyLog']>): Message[] {
  const { client, server } = fieldsOfConnection(trace, { keyLog });
  const [clients, servers] = [client.messages.filter(isHandshake), server.messages.filter(isHandshake)];
  return clients.flatMap((message, i) => [message, ...servers.slice(i, i + 1)]);
}

function isHandshake({ kind }: Message): boolean {
  return kind === 'handshake';
}

/** RFC 8446 §4.4.1: where there was a HelloRetryRequest, a hash stands for the first ClientHello. */
function hashOf(messages: readonly Message[]): Uint8Array {
  const [first, ...others] = messages.map(bytesIn);
  const isRetried = messages[1]?.name === 'HelloRetryRequest';
  const begin = isRetried ? writeMessageHash(crypto.hash('sha256', first!)) : first!;
  return crypto.hash('sha256', concat(begin, ...others));
}

function bytesIn({ bytes, field }: Message): Uint8Array {
  return bytes.subarray(field.offset, field.offset + field.length);
}

function agreed(trace: rfc.Trace, serverHello: Message): Uint8Array {
  const group: GroupName = trace.secondClientKey === undefined ? 'x25519' : 'secp256r1';
  const key = trace.secondClientKey ?? trace.clientKey;
  const share = crypto.keyShare(group, (target) => {
    target.set(key);
    if (group === 'secp256r1') target[target.length - 1]!--; // a scalar is drawn as one less than it is
  });
  const extensions = serverHello.field.children?.find(({ name }) => name === 'extensions');
  const keyShare = extensions?.children?.find(({ name }) => name === 'key_share');
  const { offset, length } = keyShare!;
  const publicBytes = group === 'x25519' ? 32 : 65;
  return share.agree(serverHello.bytes.subarray(offset + length - publicBytes, offset + length))!;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
