import { constants, createPublicKey, verify, X509Certificate } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { Tls13Protection } from '../../../src/connection/tls13-protection.js';
import { type GroupName, type KeyShare, readCertificate } from '../../../src/crypto/index.js';
import * as schedule from '../../../src/handshake/index.js';
import * as wire from '../../../src/wire/index.js';
import * as rfc from './_rfc8448.js';
import { by, concat, crypto, Side, suite } from './_side.js';

const { ExtensionType, HandshakeType } = wire;
const none = new Uint8Array(0);
const closeNotify = Uint8Array.of(1, 0);
const groups = [29, 23, 24, 25, 256, 257, 258, 259, 260];
const fewGroups = [29, 23, 24];
const schemes = [
  ...[0x0403, 0x0503, 0x0603, 0x0203, 0x0804, 0x0805, 0x0806, 0x0401],
  ...[0x0501, 0x0601, 0x0201, 0x0402, 0x0502, 0x0602, 0x0202],
];
/** record_size_limit, which the stack does not know. */
const recordSizeLimit: wire.Extension = { type: 28, data: rfc.hex('4001') };
const secretBytes = 32;

interface Script {
  readonly trace: rfc.Trace;
  readonly groups: readonly number[];
  readonly resume?: boolean;
  readonly retry?: boolean;
  readonly clientCertificate?: boolean;
  /** Whether application data and a ticket are exchanged. */
  readonly data?: 'both' | 'with ticket';
}

const scripts: Readonly<Record<string, Script>> = {
  '§3, full with a ticket': { trace: rfc.simple, groups, data: 'with ticket' },
  '§4, resumed with early data': { trace: rfc.resumed, groups, resume: true, data: 'both' },
  '§5, after a HelloRetryRequest': { trace: rfc.retried, groups: fewGroups, retry: true },
  '§6, with a certificate of the client': { trace: rfc.authenticated, groups, clientCertificate: true },
  '§7, compatible with middleboxes': { trace: rfc.compatible, groups },
};
for (const [name, script] of Object.entries(scripts)) {
  test(`both sides make the records of RFC 8448 ${name}`, (t) => {
    const { client, server } = play(t, script);
    t.deepEqual(client.sent.map(toHex), recordsOf(script.trace.client));
    t.deepEqual(server.sent.map(toHex), recordsOf(script.trace.server));
  });
}

test('the key schedule has the secrets of RFC 8448 §3 on its way, and those of its ticket', (t) => {
  const { client, server } = play(t, scripts['§3, full with a ticket']!);
  for (const side of [client, server]) {
    const secrets = rfc.secretsOfSimple;
    t.deepEqual(side.early, secrets.early);
    t.deepEqual(side.handshake, secrets.handshake);
    t.deepEqual(side.traffic, { client: secrets.clientHandshakeTraffic, server: secrets.serverHandshakeTraffic });
    t.deepEqual(side.master, secrets.master);
    t.deepEqual(side.application, { client: secrets.clientTraffic, server: secrets.serverTraffic });
    t.deepEqual(side.exporter, secrets.exporter);
    const resumption = schedule.resumptionSecret(by, side.master!, side.hash);
    t.deepEqual(resumption, secrets.resumption);
    t.deepEqual(schedule.ticketPsk(by, resumption, rfc.hex('0000')), secrets.psk);
  }
});

/** Plays the handshake of a trace, each side from its own key and what it was sent. */
function play(t: ExecutionContext, script: Script): { client: Side; server: Side } {
  const { trace } = script;
  const [client, server] = [new Side('client'), new Side('server')];
  const group: GroupName = script.retry ? 'secp256r1' : 'x25519';
  if (script.resume) {
    client.early = schedule.earlySecret(by, rfc.secretsOfSimple.psk);
    server.early = schedule.earlySecret(by, rfc.secretsOfSimple.psk);
  }

  client.share = shareOf('x25519', trace.clientKey);
  client.say(server, [clientHello(script, client)], 0x0301);
  if (script.retry) {
    for (const side of [client, server]) side.transcript.replaceWithMessageHash(crypto, suite.hash);
    server.say(client, [serverHello(trace, wire.helloRetryRequestRandom, retryExtensions())]);
    client.share = shareOf('secp256r1', trace.secondClientKey!);
    client.say(server, [clientHello({ ...script, retry: false }, client, rfc.cookie)]);
  }
  if (script.resume) {
    for (const side of [client, server]) {
      side.protect(schedule.clientEarlyTrafficSecret(by, side.early, side.hash), undefined);
    }
    client.send(server, wire.ContentType.applicationData, rfc.earlyData);
  }

  const clientShare = client.share.publicKey;
  const answer = crypto.answerKeyShare(group, clientShare, privateKey(group, trace.serverKey))!;
  server.say(client, [serverHello(trace, trace.serverRandom, serverHelloExtensions(script, answer.publicKey))]);
  server.startHandshake(answer.secret);
  client.startHandshake(client.share.agree(answer.publicKey));
  t.deepEqual(client.traffic, server.traffic);
  for (const side of [client, server]) {
    side.protect(script.resume ? undefined : side.traffic!.client, side.traffic!.server);
  }
  if (trace.sessionId) server.send(client, wire.ContentType.changeCipherSpec, Uint8Array.of(1));

  const flight = new Flight(server, 'server', firstProtected(trace.server));
  flight.add(HandshakeType.encryptedExtensions, wire.writeEncryptedExtensions(encryptedExtensions(script)));
  if (script.clientCertificate) {
    const extensions = [{ type: ExtensionType.signatureAlgorithms, data: wire.writeSignatureAlgorithms(schemes) }];
    const request = { certificateRequestContext: none, extensions };
    flight.add(HandshakeType.certificateRequest, wire.writeCertificateRequestOfTls13(request));
  }
  if (!script.resume) {
    flight.authenticate(t, script.clientCertificate ? rfc.ecServerCertificate : rfc.rsaServerCertificate);
  }
  flight.finish();
  server.say(client, flight.messages());
  for (const side of [client, server]) side.finishHandshake();

  if (script.resume) {
    client.say(server, [wire.writeHandshake(HandshakeType.endOfEarlyData, none)]);
    for (const side of [client, server]) side.protect(side.traffic!.client, undefined);
  }
  if (trace.sessionId) client.send(server, wire.ContentType.changeCipherSpec, Uint8Array.of(1));
  const end = new Flight(client, 'client', firstProtected(trace.client));
  if (script.clientCertificate) end.authenticate(t, rfc.clientCertificate);
  end.finish();
  client.say(server, end.messages());

  for (const side of [client, server]) side.protect(side.application!.client, side.application!.server);
  if (script.data === 'with ticket') {
    server.send(client, wire.ContentType.handshake, newSessionTicket());
  }
  if (script.data) {
    client.send(server, wire.ContentType.applicationData, rfc.applicationData);
    server.send(client, wire.ContentType.applicationData, rfc.applicationData);
  }
  client.send(server, wire.ContentType.alert, closeNotify);
  server.send(client, wire.ContentType.alert, closeNotify);
  return { client, server };
}

/** What one side says at once; a signature in it is taken from the record of the trace. */
class Flight {
  readonly #side: Side;
  readonly #sender: 'client' | 'server';
  readonly #traced: Uint8Array;
  /** The transcript with what is to be said. */
  readonly #transcript: schedule.Transcript;
  readonly #messages: Uint8Array[] = [];

  constructor(side: Side, sender: 'client' | 'server', traced: Uint8Array) {
    this.#side = side;
    this.#sender = sender;
    this.#traced = traced;
    this.#transcript = side.transcript.copy();
  }

  add(type: number, body: Uint8Array): void {
    const message = wire.writeHandshake(type, body);
    this.#messages.push(message);
    this.#transcript.add(message);
  }

  authenticate(t: ExecutionContext, certData: Uint8Array): void {
    const certificateList = [{ certData, extensions: [] }];
    const certificate = { certificateRequestContext: none, certificateList };
    this.add(HandshakeType.certificate, wire.writeCertificateOfTls13(certificate));
    const content = schedule.certificateVerifyContent(this.#sender, this.#transcript.digest()!);
    const verified = wire.readCertificateVerify(this.#tracedSignature());
    t.true(isSignature(certData, verified, content));
    t.false(isSignature(certData, verified, concat(content, Uint8Array.of(0))));
    this.add(HandshakeType.certificateVerify, wire.writeCertificateVerify(verified));
  }

  finish(): void {
    const secret = this.#side.traffic![this.#sender];
    this.add(HandshakeType.finished, schedule.finishedMac(by, secret, this.#transcript.digest()!));
  }

  messages(): readonly Uint8Array[] {
    return this.#messages;
  }

  #tracedSignature(): Uint8Array {
    const fragment = this.#traced.subarray(wire.recordHeaderBytes);
    const protection = new Tls13Protection(crypto, suite, this.#side.traffic![this.#sender]);
    const opened = protection.open({ contentType: 23, version: 0x0303 }, fragment);
    const assembler = new wire.HandshakeAssembler();
    assembler.feed(wire.readInnerPlaintext(opened as Uint8Array)!.content);
    let message = assembler.next();
    while (message!.type !== HandshakeType.certificateVerify) message = assembler.next();
    return message!.body;
  }
}

/** Keys of 1024 bits are none of the stack's: Node checks those. */
function isSignature(certificate: Uint8Array, made: wire.CertificateVerify, content: Uint8Array): boolean {
  if (made.scheme === wire.SignatureScheme.ecdsaSecp256r1Sha256) {
    return crypto.verify(readCertificate(certificate).publicKey, 'ecdsa_secp256r1_sha256', content, made.signature);
  }
  const key = createPublicKey(new X509Certificate(certificate).publicKey.export({ format: 'pem', type: 'spki' }));
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify('sha256', content, { key, padding, saltLength: secretBytes }, made.signature);
}

function clientHello(script: Script, client: Side, cookie?: Uint8Array): Uint8Array {
  const { trace } = script;
  const list: wire.Extension[] = [];
  const add = (type: number, data: Uint8Array): void => void list.push({ type, data });
  const group = client.share!.group === 'x25519' ? 29 : 23;
  add(ExtensionType.serverName, wire.writeServerName('server'));
  add(ExtensionType.renegotiationInfo, wire.writeRenegotiationInfo(none));
  add(ExtensionType.supportedGroups, wire.writeSupportedGroups(script.groups));
  if (script.data === 'with ticket') add(ExtensionType.sessionTicket, none);
  const keyExchange = client.share!.publicKey;
  add(ExtensionType.keyShare, wire.writeKeyShareOfClient([{ namedGroup: group, keyExchange }]));
  if (script.resume) add(ExtensionType.earlyData, none);
  add(ExtensionType.supportedVersions, wire.writeSupportedVersionsOfClient([wire.ProtocolVersion.tls13]));
  add(ExtensionType.signatureAlgorithms, wire.writeSignatureAlgorithms(schemes));
  if (cookie) add(ExtensionType.cookie, wire.writeCookie(cookie));
  add(ExtensionType.pskKeyExchangeModes, wire.writePskKeyExchangeModes([wire.PskKeyExchangeMode.pskDheKe]));
  list.push(recordSizeLimit);
  if (cookie) add(ExtensionType.padding, new Uint8Array(175));
  if (script.resume) add(ExtensionType.padding, new Uint8Array(87));
  const write = (extensions: readonly wire.Extension[]): Uint8Array =>
    wire.writeHandshake(
      HandshakeType.clientHello,
      wire.writeClientHello({
        legacyVersion: 0x0303,
        random: trace.clientRandom,
        legacySessionId: trace.sessionId ?? none,
        cipherSuites: [0x1301, 0x1303, 0x1302],
        legacyCompressionMethods: Uint8Array.of(0),
        extensions,
      }),
    );
  return script.resume ? withBinder(list, write, client) : write(list);
}

function withBinder(
  list: readonly wire.Extension[],
  write: (extensions: readonly wire.Extension[]) => Uint8Array,
  client: Side,
): Uint8Array {
  const identities = [{ identity: rfc.ticket, obfuscatedTicketAge: (rfc.ticketAgeAdd + 6) % 2 ** 32 }];
  const withPsk = (binder: Uint8Array): Uint8Array =>
    write([
      ...list,
      { type: ExtensionType.preSharedKey, data: wire.writePreSharedKeyOfClient({ identities, binders: [binder] }) },
    ]);
  const blank = new Uint8Array(secretBytes);
  const hello = withPsk(blank);
  const covered = hello.subarray(0, hello.length - wire.pskBindersBytes([blank]));
  const key = schedule.binderKey(by, client.early, 'resumption');
  return withPsk(schedule.finishedMac(by, key, client.transcript.digestWith(covered, by)));
}

function serverHello(trace: rfc.Trace, random: Uint8Array, extensions: readonly wire.Extension[]): Uint8Array {
  const body = wire.writeServerHello({
    legacyVersion: 0x0303,
    random,
    legacySessionId: trace.sessionId ?? none,
    cipherSuite: suite.code,
    compressionMethod: 0,
    extensions,
  });
  return wire.writeHandshake(HandshakeType.serverHello, body);
}

const selectedVersion: wire.Extension = {
  type: ExtensionType.supportedVersions,
  data: wire.writeSupportedVersionsOfServer(wire.ProtocolVersion.tls13),
};

function retryExtensions(): wire.Extension[] {
  return [
    { type: ExtensionType.keyShare, data: wire.writeKeyShareOfRetry(wire.NamedGroup.secp256r1) },
    { type: ExtensionType.cookie, data: wire.writeCookie(rfc.cookie) },
    selectedVersion,
  ];
}

function serverHelloExtensions(script: Script, keyExchange: Uint8Array): wire.Extension[] {
  const namedGroup = script.retry ? wire.NamedGroup.secp256r1 : wire.NamedGroup.x25519;
  const psk = { type: ExtensionType.preSharedKey, data: wire.writePreSharedKeyOfServer(0) };
  return [
    ...(script.resume ? [psk] : []),
    { type: ExtensionType.keyShare, data: wire.writeKeyShareOfServer({ namedGroup, keyExchange }) },
    selectedVersion,
  ];
}

function encryptedExtensions(script: Script): wire.Extension[] {
  const preferred = script.retry ? [23, 24, 29] : groups;
  return [
    { type: ExtensionType.supportedGroups, data: wire.writeSupportedGroups(preferred) },
    recordSizeLimit,
    { type: ExtensionType.serverName, data: wire.writeServerName(undefined) },
    ...(script.resume ? [{ type: ExtensionType.earlyData, data: none }] : []),
  ];
}

function newSessionTicket(): Uint8Array {
  const body = wire.writeNewSessionTicketOfTls13({
    ticketLifetime: rfc.ticketLifetime,
    ticketAgeAdd: rfc.ticketAgeAdd,
    ticketNonce: rfc.hex('0000'),
    ticket: rfc.ticket,
    extensions: [{ type: ExtensionType.earlyData, data: wire.writeEarlyDataOfTicket(rfc.maxEarlyDataSize) }],
  });
  return wire.writeHandshake(HandshakeType.newSessionTicket, body);
}

/** A share of that private key. A scalar of P-256 is drawn as one less than it is. */
function shareOf(group: 'x25519' | 'secp256r1', key: Uint8Array): KeyShare {
  return crypto.keyShare(group, privateKey(group, key));
}

function privateKey(group: GroupName, key: Uint8Array): (target: Uint8Array) => void {
  return (target) => {
    target.set(key);
    if (group === 'x25519') return;
    let at = target.length - 1;
    while (target[at] === 0) target[at--] = 0xff;
    target[at]!--;
  };
}

/** The record in which a side says who it is. */
function firstProtected(records: Uint8Array): Uint8Array {
  return rfc.hex(recordsOf(records).find((record) => record.startsWith('17'))!);
}

function recordsOf(bytes: Uint8Array): string[] {
  const records: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { length } = wire.readRecordHeader(bytes.subarray(at, at + wire.recordHeaderBytes));
    const end = at + wire.recordHeaderBytes + length;
    records.push(toHex(bytes.subarray(at, end)));
    at = end;
  }
  return records;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
