import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as wire from '../../../src/wire/index.js';
import { decodeError, extensions, opaque, struct, u8, u16, u32 } from './_struct.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const entry = fc.record({ namedGroup: u16, keyExchange: opaque(1, 40) });
const certificates = fc.array(fc.record({ certData: opaque(1, 40), extensions }), { maxLength: 3 });

const structs: Readonly<Record<string, (t: ExecutionContext) => void>> = {
  'key_share of a ClientHello': struct({
    read: wire.readKeyShareOfClient,
    write: wire.writeKeyShareOfClient,
    values: fc.array(entry, { maxLength: 3 }),
  }),
  'key_share of a ServerHello': struct({
    read: wire.readKeyShareOfServer,
    write: wire.writeKeyShareOfServer,
    values: entry,
  }),
  'key_share of a HelloRetryRequest': struct({
    read: wire.readKeyShareOfRetry,
    write: wire.writeKeyShareOfRetry,
    values: u16,
  }),
  'pre_shared_key of a ClientHello': struct<wire.OfferedPsks>({
    read: wire.readPreSharedKeyOfClient,
    write: wire.writePreSharedKeyOfClient,
    values: fc.record({
      identities: fc.array(fc.record({ identity: opaque(1, 40), obfuscatedTicketAge: u32 }), {
        minLength: 1,
        maxLength: 3,
      }),
      binders: fc.array(opaque(32, 48), { minLength: 1, maxLength: 3 }),
    }),
  }),
  'pre_shared_key of a ServerHello': struct({
    read: wire.readPreSharedKeyOfServer,
    write: wire.writePreSharedKeyOfServer,
    values: u16,
  }),
  'supported_versions of a ServerHello': struct({
    read: wire.readSupportedVersionsOfServer,
    write: wire.writeSupportedVersionsOfServer,
    values: u16,
  }),
  psk_key_exchange_modes: struct({
    read: wire.readPskKeyExchangeModes,
    write: wire.writePskKeyExchangeModes,
    values: fc.array(u8, { minLength: 1, maxLength: 4 }),
  }),
  'early_data of a NewSessionTicket': struct({
    read: wire.readEarlyDataOfTicket,
    write: wire.writeEarlyDataOfTicket,
    values: u32,
  }),
  cookie: struct({ read: wire.readCookie, write: wire.writeCookie, values: opaque(1, 60) }),
  certificate_authorities: struct({
    read: wire.readCertificateAuthorities,
    write: wire.writeCertificateAuthorities,
    values: fc.array(opaque(1, 20), { minLength: 1, maxLength: 3 }),
  }),
  'an EncryptedExtensions': struct({
    read: wire.readEncryptedExtensions,
    write: wire.writeEncryptedExtensions,
    values: extensions,
  }),
  'a Certificate': struct<wire.CertificateOfTls13>({
    read: wire.readCertificateOfTls13,
    write: wire.writeCertificateOfTls13,
    values: fc.record({ certificateRequestContext: opaque(0, 9), certificateList: certificates }),
  }),
  'a CertificateRequest': struct<wire.CertificateRequestOfTls13>({
    read: wire.readCertificateRequestOfTls13,
    write: wire.writeCertificateRequestOfTls13,
    values: fc.record({
      certificateRequestContext: opaque(0, 9),
      extensions: extensions.filter((list) => list.length > 0),
    }),
  }),
  'a NewSessionTicket': struct<wire.NewSessionTicketOfTls13>({
    read: wire.readNewSessionTicketOfTls13,
    write: wire.writeNewSessionTicketOfTls13,
    values: fc.record({
      ticketLifetime: u32,
      ticketAgeAdd: u32,
      ticketNonce: opaque(0, 9),
      ticket: opaque(1, 60),
      extensions,
    }),
  }),
  'a Finished of SHA-384': struct({
    read: (body) => wire.readFinishedOfTls13(body, 48),
    write: (verifyData) => verifyData,
    values: opaque(48, 48),
  }),
  'a KeyUpdate': struct({ read: wire.readKeyUpdate, write: wire.writeKeyUpdate, values: u8 }),
};
for (const [name, check] of Object.entries(structs)) {
  test(`TLS 1.3: ${name} comes back as it was written, and is refused cut at any byte or with a byte too many`, check);
}

test('a Certificate as RFC 8446 §4.4.2 lays it out, byte by byte: lengths of one, three, three and two bytes', (t) => {
  const bytes = hex('00 000008 000003 aabbcc 0000');
  const value = { certificateRequestContext: hex(''), certificateList: [{ certData: hex('aabbcc'), extensions: [] }] };
  t.is(toHex(wire.writeCertificateOfTls13(value)), toHex(bytes));
  t.deepEqual(wire.readCertificateOfTls13(bytes), value);
});

test('signature_algorithms_cert is written as signature_algorithms is, and empty extensions take no byte', (t) => {
  t.deepEqual(wire.readSignatureAlgorithms(hex('0004 0403 0804')), [0x0403, 0x0804]);
  wire.readEmpty(hex(''));
  decodeError(t, () => wire.readEmpty(hex('00')), 'a byte');
});

test('a list of keys may be empty, where a client asks for a HelloRetryRequest', (t) => {
  t.deepEqual(wire.readKeyShareOfClient(hex('0000')), []);
  decodeError(t, () => wire.readKeyShareOfClient(hex('0004 001d 0000')), 'an empty key');
});

test('binders have at least 32 bytes each, and what they do not cover ends a ClientHello', (t) => {
  const identities = [
    { identity: hex('aa'), obfuscatedTicketAge: 1 },
    { identity: hex('bbcc'), obfuscatedTicketAge: 2 },
  ];
  const binders = [new Uint8Array(32), new Uint8Array(48)];
  const written = wire.writePreSharedKeyOfClient({ identities, binders });
  t.is(
    toHex(written.subarray(0, written.length - wire.pskBindersBytes(binders))),
    '000f 0001aa00000001 0002bbcc00000002'.replace(/ /g, ''),
  );
  decodeError(t, () => wire.readPreSharedKeyOfClient(hex(`0007 0001aa00000001 0020 1f${'00'.repeat(31)}`)), 'short');
  decodeError(t, () => wire.readPreSharedKeyOfClient(hex(`0000 0021 20${'00'.repeat(32)}`)), 'no identity');
});

test('a HelloRetryRequest is known by its random, the hash of its name', (t) => {
  const random = createHash('sha256').update('HelloRetryRequest').digest();
  t.is(toHex(wire.helloRetryRequestRandom), random.toString('hex'));
  t.true(wire.isHelloRetryRequest({ random: new Uint8Array(random) }));
  t.false(wire.isHelloRetryRequest({ random: new Uint8Array(32) }));
});

test('a message_hash has the header of a handshake message', (t) => {
  t.is(toHex(wire.writeMessageHash(new Uint8Array(32).fill(1))), `fe000020${'01'.repeat(32)}`);
});

test('an inner plaintext ends with its type and zeros, and what is zeros alone has no type', (t) => {
  const property = fc.property(opaque(0, 20), u8, fc.nat(5), (content, type, paddingBytes) => {
    const contentType = Math.max(1, type);
    const bytes = wire.writeInnerPlaintext({ content, contentType, paddingBytes });
    t.is(bytes.length, content.length + 1 + paddingBytes);
    t.deepEqual(wire.readInnerPlaintext(bytes), { content, contentType, paddingBytes });
  });
  fc.assert(property, { numRuns: 100, seed: 4 });
  t.is(wire.readInnerPlaintext(hex('')), undefined);
  t.is(wire.readInnerPlaintext(hex('000000')), undefined);
});

test('TLS 1.3: any bytes at all give a value or a WireError', (t) => {
  const readers = [
    wire.readKeyShareOfClient,
    wire.readKeyShareOfServer,
    wire.readPreSharedKeyOfClient,
    wire.readCertificateAuthorities,
    wire.readEncryptedExtensions,
    wire.readCertificateOfTls13,
    wire.readCertificateRequestOfTls13,
    wire.readNewSessionTicketOfTls13,
  ];
  const property = fc.property(opaque(0, 80), (bytes) => {
    for (const read of readers) {
      try {
        read(bytes);
      } catch (error) {
        t.true(error instanceof wire.WireError);
      }
    }
  });
  fc.assert(property, { numRuns: 300, seed: 3 });
  t.pass();
});
