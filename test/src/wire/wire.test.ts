import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as wire from '../../../src/wire/index.js';
import { decodeError, extensions, opaque, struct, u8, u16, u16List, u32 } from './_struct.js';

const { Reader, WireError, Writer } = wire;
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const extensionsTail = (hello: { extensions: readonly wire.Extension[] }): number =>
  hello.extensions.length === 0 ? 0 : 2 + hello.extensions.reduce((sum, { data }) => sum + 4 + data.length, 0);

const structs: Readonly<Record<string, (t: ExecutionContext) => void>> = {
  'an EncryptedPreMasterSecret': struct({
    read: wire.readEncryptedPreMasterSecret,
    write: wire.writeEncryptedPreMasterSecret,
    values: fc.record({ encrypted: opaque(0, 24) }),
  }),
  'an alert': struct({
    read: wire.readAlert,
    write: wire.writeAlert,
    values: fc.record({ level: u8, description: u8 }),
  }),
  'a record header': struct({
    read: wire.readRecordHeader,
    write: wire.writeRecordHeader,
    values: fc.record({ contentType: u8, legacyVersion: u16, length: u16 }),
  }),
  'a ClientHello': struct<wire.ClientHello>({
    read: wire.readClientHello,
    write: wire.writeClientHello,
    values: fc.record({
      legacyVersion: u16,
      random: opaque(32, 32),
      legacySessionId: opaque(0, 32),
      cipherSuites: u16List,
      legacyCompressionMethods: opaque(1, 3),
      extensions,
    }),
    optionalTail: extensionsTail,
  }),
  'a ServerHello': struct<wire.ServerHello>({
    read: wire.readServerHello,
    write: wire.writeServerHello,
    values: fc.record({
      legacyVersion: u16,
      random: opaque(32, 32),
      legacySessionId: opaque(0, 32),
      cipherSuite: u16,
      compressionMethod: u8,
      extensions,
    }),
    optionalTail: extensionsTail,
  }),
  'a Certificate': struct<wire.Certificate>({
    read: wire.readCertificate,
    write: wire.writeCertificate,
    values: fc.record({ certificateList: fc.array(opaque(1, 40), { maxLength: 4 }) }),
  }),
  'a ServerKeyExchange': struct<wire.ServerKeyExchange>({
    read: wire.readServerKeyExchange,
    write: wire.writeServerKeyExchange,
    values: fc.record({ namedGroup: u16, publicKey: opaque(1, 65), scheme: u16, signature: opaque(0, 72) }),
  }),
  'a CertificateRequest': struct<wire.CertificateRequest>({
    read: wire.readCertificateRequest,
    write: wire.writeCertificateRequest,
    values: fc.record({
      certificateTypes: opaque(1, 4),
      signatureSchemes: u16List,
      authorities: fc.array(opaque(1, 20), { maxLength: 3 }),
    }),
  }),
  'a ClientKeyExchange': struct<wire.ClientKeyExchange>({
    read: wire.readClientKeyExchange,
    write: wire.writeClientKeyExchange,
    values: fc.record({ publicKey: opaque(1, 255) }),
  }),
  'a CertificateVerify': struct<wire.CertificateVerify>({
    read: wire.readCertificateVerify,
    write: wire.writeCertificateVerify,
    values: fc.record({ scheme: u16, signature: opaque(0, 72) }),
  }),
  'a NewSessionTicket': struct<wire.NewSessionTicket>({
    read: wire.readNewSessionTicket,
    write: wire.writeNewSessionTicket,
    values: fc.record({ ticketLifetimeHint: u32, ticket: opaque(0, 200) }),
  }),
  'a Finished': struct<wire.Finished>({
    read: wire.readFinished,
    write: wire.writeFinished,
    values: fc.record({ verifyData: opaque(12, 12) }),
  }),
  server_name: struct<string | undefined>({
    read: wire.readServerName,
    write: wire.writeServerName,
    values: fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }),
    optionalTail: (name) => 5 + (name?.length ?? 0),
  }),
  max_fragment_length: struct({
    read: wire.readMaxFragmentLength,
    write: wire.writeMaxFragmentLength,
    values: u8,
  }),
  supported_groups: struct({
    read: wire.readSupportedGroups,
    write: wire.writeSupportedGroups,
    values: u16List,
  }),
  signature_algorithms: struct({
    read: wire.readSignatureAlgorithms,
    write: wire.writeSignatureAlgorithms,
    values: u16List,
  }),
  supported_versions: struct({
    read: wire.readSupportedVersionsOfClient,
    write: wire.writeSupportedVersionsOfClient,
    values: u16List,
  }),
  ec_point_formats: struct({
    read: wire.readEcPointFormats,
    write: wire.writeEcPointFormats,
    values: fc.array(u8, { minLength: 1, maxLength: 4 }),
  }),
  application_layer_protocol_negotiation: struct({
    read: wire.readAlpn,
    write: wire.writeAlpn,
    values: fc.array(opaque(1, 9), { minLength: 1, maxLength: 4 }),
  }),
  renegotiation_info: struct({
    read: wire.readRenegotiationInfo,
    write: wire.writeRenegotiationInfo,
    values: opaque(0, 24),
  }),
};
for (const [name, check] of Object.entries(structs)) {
  test(`${name} comes back as it was written, and is refused cut at any byte or with a byte too many`, check);
}

test('integers are written in network byte order and read back', (t) => {
  const w = new Writer(1);
  w.u8(0xfe);
  w.u16(0xfedc);
  w.u24(0xfedcba);
  w.u32(0xfedcba98);
  const bytes = w.finish();
  t.is(toHex(bytes), 'fefedcfedcbafedcba98');
  const r = new Reader(bytes);
  t.deepEqual([r.u8(), r.u16(), r.u24(), r.u32(), r.remaining], [0xfe, 0xfedc, 0xfedcba, 0xfedcba98, 0]);
});

test('the largest length of a vector decides whether its prefix has one, two or three bytes', (t) => {
  for (const [max, expected] of [
    [0xff, '01aa'],
    [0x100, '0001aa'],
    [0xffff, '0001aa'],
    [0x10000, '000001aa'],
  ] as const) {
    const w = new Writer();
    w.opaque({ min: 0, max }, hex('aa'));
    t.is(toHex(w.finish()), expected);
    t.deepEqual(new Reader(hex(expected)).opaque({ min: 0, max }), hex('aa'));
  }
});

test('a vector shorter or longer than its bounds is neither read nor written', (t) => {
  const bounds = { min: 2, max: 3 };
  for (const length of [1, 4]) {
    const value = new Uint8Array(length);
    decodeError(t, () => new Reader(Uint8Array.of(length, ...value)).opaque(bounds), `reads ${length} bytes`);
    decodeError(t, () => new Reader(Uint8Array.of(length, ...value)).sub(bounds), `enters ${length} bytes`);
    t.is(t.throws(() => new Writer().opaque(bounds, value), { instanceOf: WireError })?.code, 'ENCODE_ERROR');
    t.is(
      t.throws(() => new Writer().vector(bounds, (w) => w.bytes(value)), { instanceOf: WireError })?.code,
      'ENCODE_ERROR',
    );
  }
});

test('a number that does not fit its field is not written', (t) => {
  for (const act of [
    () => new Writer().u8(256),
    () => new Writer().u16(-1),
    () => new Writer().u24(2 ** 24),
    () => new Writer().u32(2 ** 32),
    () => new Writer().u8(0.5),
    () => wire.writeServerName('\u{100}'),
    () => wire.writeFinished({ verifyData: new Uint8Array(11) }),
  ]) {
    t.is(t.throws(act, { instanceOf: WireError })?.code, 'ENCODE_ERROR');
  }
});

test('an error inside a vector names the offset in the whole', (t) => {
  const r = new Reader(hex('03 00 00 00'));
  const list = r.sub({ min: 0, max: 255 });
  list.u16();
  t.is(t.throws(() => list.u16(), { instanceOf: WireError })?.offset, 3);
});

test('a vector inside a vector ends where the inner length says, though more bytes follow', (t) => {
  const r = new Reader(hex('01 aa bb'));
  const inner = r.sub({ min: 0, max: 255 });
  t.is(inner.u8(), 0xaa);
  decodeError(t, () => inner.u8(), 'past the end of the inner vector');
  t.is(r.u8(), 0xbb);
});

test('an extension type that comes twice is refused, but in a hello, where its reader refuses it', (t) => {
  const twice = [
    { type: 16, data: hex('') },
    { type: 35, data: hex('') },
    { type: 16, data: hex('00') },
  ];
  const hello = { legacyVersion: 0x303, random: new Uint8Array(32), legacySessionId: hex('') };
  const client = { ...hello, cipherSuites: [1], legacyCompressionMethods: hex('00'), extensions: twice };
  const server = { ...hello, cipherSuite: 1, compressionMethod: 0, extensions: twice };
  t.deepEqual(wire.readClientHello(wire.writeClientHello(client)).extensions, twice);
  t.deepEqual(wire.readServerHello(wire.writeServerHello(server)).extensions, twice);
  const request = { certificateRequestContext: hex(''), extensions: twice };
  decodeError(t, () => wire.readCertificateRequestOfTls13(wire.writeCertificateRequestOfTls13(request)), 'request');
});

test('an empty block of extensions reads like none', (t) => {
  const none = {
    legacyVersion: 0x303,
    random: new Uint8Array(32),
    legacySessionId: hex(''),
    cipherSuite: 0xc02f,
    compressionMethod: 0,
    extensions: [],
  };
  t.deepEqual(wire.readServerHello(Uint8Array.of(...wire.writeServerHello(none), 0, 0)), none);
});

test('cipher suites and groups of half a number are refused', (t) => {
  decodeError(t, () => wire.readSupportedGroups(hex('0003 001700')), 'groups');
  decodeError(t, () => wire.readSupportedGroups(hex('0000')), 'no groups');
});

test('server_name takes one host name, and empty data is the answer of a server', (t) => {
  t.is(wire.readServerName(hex('')), undefined);
  t.deepEqual(wire.writeServerName(undefined), hex(''));
  t.is(wire.readServerName(hex('0006 00 0003 612e62')), 'a.b');
  decodeError(t, () => wire.readServerName(hex('0006 01 0003 612e62')), 'another type of name');
  decodeError(t, () => wire.readServerName(hex('000a 00 0003 612e62 00 0001 61')), 'two names');
});

test('a ServerKeyExchange signs the curve type, the group and the point, and takes named curves alone', (t) => {
  const params = wire.serverKeyExchangeParams(wire.NamedGroup.x25519, hex('0102'));
  t.is(toHex(params), '03001d020102');
  const body = wire.writeServerKeyExchange({
    namedGroup: 29,
    publicKey: hex('0102'),
    scheme: 0x403,
    signature: hex('ff'),
  });
  t.is(toHex(body), '03001d02010204030001ff');
  decodeError(t, () => wire.readServerKeyExchange(hex('01001d02010204030001ff')), 'explicit_prime');
});

test('alerts have the names of the RFC', (t) => {
  t.is(wire.alertName(0), 'close_notify');
  t.is(wire.alertName(20), 'bad_record_mac');
  t.is(wire.alertName(48), 'unknown_ca');
  t.is(wire.alertName(115), 'unknown_psk_identity');
  t.is(wire.alertName(255), 'alert_255');
});

test('messages are put together however records cut them, and keep their bytes', (t) => {
  const bodies = fc.array(fc.tuple(u8, opaque(0, 30)), { minLength: 1, maxLength: 6 });
  const property = fc.property(
    bodies,
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
    (messages, sizes) => {
      const all = Uint8Array.of(...messages.flatMap(([type, body]) => [...wire.writeHandshake(type, body)]));
      const assembler = new wire.HandshakeAssembler();
      const got: wire.HandshakeMessage[] = [];
      let at = 0;
      for (let turn = 0; at < all.length; turn++) {
        const fragment = all.slice(at, at + sizes[turn % sizes.length]!);
        at += fragment.length;
        assembler.feed(fragment);
        fragment.fill(0xee);
        for (let message = assembler.next(); message !== undefined; message = assembler.next()) {
          got.push(message);
        }
      }
      t.is(assembler.pending, 0);
      t.deepEqual(
        got.map(({ type, body }) => [type, body]),
        messages,
      );
      t.deepEqual(Uint8Array.of(...got.flatMap(({ raw }) => [...raw])), all);
    },
  );
  fc.assert(property, { numRuns: 200, seed: 2 });
});

test('a message larger than the limit is refused at its header, the largest allowed is put together', (t) => {
  const assembler = new wire.HandshakeAssembler();
  assembler.feed(hex('0b0200'));
  t.is(assembler.pending, 3);
  decodeError(t, () => assembler.feed(hex('01')), '0x20001 bytes');
  const largest = new wire.HandshakeAssembler();
  largest.feed(wire.writeHandshake(11, new Uint8Array(wire.handshakeMessageBytesMax)));
  t.is(largest.next()?.body.length, wire.handshakeMessageBytesMax);
});

test('any bytes at all give a value or a WireError', (t) => {
  const readers = [
    wire.readClientHello,
    wire.readServerHello,
    wire.readCertificate,
    wire.readServerKeyExchange,
    wire.readCertificateRequest,
    wire.readNewSessionTicket,
    wire.readServerName,
    wire.readAlpn,
  ];
  const property = fc.property(opaque(0, 80), (bytes) => {
    for (const read of readers) {
      try {
        read(bytes);
      } catch (error) {
        t.true(error instanceof WireError);
      }
    }
  });
  fc.assert(property, { numRuns: 300, seed: 3 });
  t.pass();
});
