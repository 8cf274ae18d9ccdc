import test from 'ava';
import { BlockProtection } from '../../../src/connection/block-protection.js';
import { type CryptoProvider, fastCrypto, macBytes, realCrypto } from '../../../src/crypto/index.js';
import { type BlockRecords, cipherSuites, type DirectionKeys } from '../../../src/handshake/index.js';
import { profileNames } from '../../../src/index.js';
import { Bench } from '../../_bench.js';

const forms = cipherSuites.flatMap(({ records }) => (records.form === 'block' ? [records] : []));
const frame = { contentType: 23, version: 0x0303 };
const modes = [
  { encryptThenMac: false, how: 'MAC, then encryption' },
  { encryptThenMac: true, how: 'encryption, then MAC' },
] as const;

function protection(crypto: CryptoProvider, records: BlockRecords, encryptThenMac: boolean): BlockProtection {
  const keys: DirectionKeys = {
    macKey: new Uint8Array(macBytes[records.mac]).fill(1),
    key: new Uint8Array(records.cipher === 'aes-128-cbc' ? 16 : 32).fill(2),
    fixedIv: new Uint8Array(0),
  };
  let draw = 0;
  return new BlockProtection(crypto, records, keys, {
    version: 0x0303,
    encryptThenMac,
    fillIv: (target) => {
      draw += 1;
      target.fill(draw);
    },
  });
}

for (const crypto of [realCrypto(), fastCrypto()]) {
  for (const { encryptThenMac, how } of modes) {
    test(`${crypto.name}: ${how}: records open in their order, with the lengths that the RFC gives them`, (t) => {
      for (const records of forms) {
        const [writer, reader] = [1, 2].map(() => protection(crypto, records, encryptThenMac)) as [
          BlockProtection,
          BlockProtection,
        ];
        const mac = macBytes[records.mac];
        for (const length of [0, 1, 11, 12, 15, 16, 17, 100, 2 ** 14]) {
          const plaintext = Uint8Array.from({ length }, (_, i) => i);
          const sealed = writer.seal(frame, plaintext);
          const inside = encryptThenMac ? length : length + mac;
          const blocks = 16 * (Math.floor(inside / 16) + 1);
          t.is(sealed.length, 16 + blocks + (encryptThenMac ? mac : 0));
          t.deepEqual(reader.open(frame, sealed), plaintext);
        }
        const first = writer.seal(frame, new Uint8Array(5));
        const second = writer.seal(frame, new Uint8Array(5));
        t.is(reader.open(frame, second), 'bad', 'a record out of its order');
        t.notDeepEqual(first.subarray(0, 16), second.subarray(0, 16), 'each record has an IV of its own');
      }
    });

    test(`${crypto.name}: ${how}: no record opens with a byte changed, cut anywhere, or of another type or version`, (t) => {
      for (const records of forms) {
        const sealed = protection(crypto, records, encryptThenMac).seal(frame, Buffer.from('twenty-one bytes here'));
        const opened = (fragment: Uint8Array, as = frame): unknown =>
          protection(crypto, records, encryptThenMac).open(as, fragment);
        for (let at = 0; at < sealed.length; at += 1) {
          const changed = sealed.map((byte, i) => (i === at ? byte ^ 1 : byte));
          t.is(opened(changed), 'bad', `byte ${at}`);
          const cut = sealed.subarray(0, at);
          const atBlocks = at % 16 === 0 && at >= 16 + macBytes[records.mac] + 1;
          if (encryptThenMac) t.is(opened(cut), at < macBytes[records.mac] ? 'no-mac' : 'bad', `cut at ${at}`);
          else t.is(opened(cut), atBlocks ? 'bad' : 'no-blocks', `cut at ${at}`);
        }
        t.is(opened(sealed, { ...frame, contentType: 22 }), 'bad');
        t.is(opened(sealed, { ...frame, version: 0x0302 }), 'bad');
      }
    });
  }

  test(`${crypto.name}: padding of any length up to 255 is read over, and one wrong byte in it is refused`, (t) => {
    const records: BlockRecords = { form: 'block', cipher: 'aes-128-cbc', mac: 'sha1' };
    const cipher = crypto.blockCipher('aes-128-cbc', new Uint8Array(16).fill(2));
    const iv = new Uint8Array(16).fill(9);
    const plaintext = Buffer.from('padded');
    const prefix = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0, plaintext.length);
    const mac = crypto.hmac('sha1', new Uint8Array(20).fill(1), Uint8Array.of(...prefix, ...plaintext));
    const content = Uint8Array.of(...plaintext, ...mac);
    const sealed = (padding: Uint8Array): Uint8Array =>
      Uint8Array.of(...iv, ...cipher.encrypt(iv, Uint8Array.of(...content, ...padding)));
    for (let padding = 16 - (content.length % 16); padding <= 256; padding += 16) {
      const bytes = new Uint8Array(padding).fill(padding - 1);
      t.deepEqual(protection(crypto, records, false).open(frame, sealed(bytes)), new Uint8Array(plaintext));
      for (const at of [0, padding >> 1]) {
        if (at === padding - 1) continue;
        const wrong = bytes.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
        t.is(protection(crypto, records, false).open(frame, sealed(wrong)), 'bad', `${padding} at ${at}`);
      }
    }
    const tooLong = new Uint8Array(16 - (content.length % 16)).fill(255);
    t.is(protection(crypto, records, false).open(frame, sealed(tooLong)), 'bad');
  });
}

test('encrypt-then-MAC is agreed where both want it, for block ciphers alone, and again when a session is resumed', (t) => {
  const no = 0x8_0000;
  for (const profile of profileNames) {
    for (const [code, clientOptions, serverOptions, expected] of [
      [0xc023, 0, 0, true],
      [0xc023, no, 0, false],
      [0xc023, 0, no, false],
      [0xc02b, 0, 0, false],
    ] as const) {
      const b = new Bench(profile);
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      b.L.SSL_CTX_set_cipher_suites(cc, [code]);
      b.L.SSL_CTX_set_options(cc, clientOptions);
      b.L.SSL_CTX_set_options(sc, serverOptions);
      const x = b.established(cc, sc);
      const { c, s } = b.connect(cc, sc, x);
      t.is(b.L.SSL_session_reused(c), 1);
      t.is(c.handshake.encryptThenMac, expected);
      t.is(s.handshake.encryptThenMac, expected);
    }
  }
});

for (const profile of profileNames) {
  test(`${profile}: a record that its block cipher cannot open is named as this line names it`, (t) => {
    const judged = (encryptThenMac: boolean, spoil: (fragment: Uint8Array) => Uint8Array): unknown[] => {
      const b = new Bench(profile);
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      b.L.SSL_CTX_set_cipher_suites(cc, [0xc024]);
      if (!encryptThenMac) b.L.SSL_CTX_set_options(cc, 0x8_0000);
      const ends = b.pair(cc, sc);
      t.is(b.shake(ends), 'ok');
      b.L.SSL_write(ends.c, Buffer.from('spoiled'));
      const bytes = Buffer.concat(ends.st.take());
      const fragment = spoil(bytes.subarray(5));
      ends.st.put(Uint8Array.of(23, 3, 3, fragment.length >> 8, fragment.length & 0xff, ...fragment));
      const { errors } = b.read(ends.s);
      return [errors[0], b.alerts(ends.s)];
    };
    const bad = ['decryption failed or bad record mac', ['sent fatal 20']];
    const broken = profile === '1.1.1' ? ['block cipher pad is wrong', ['sent fatal 20']] : bad;
    const flipped = (fragment: Uint8Array): Uint8Array => fragment.map((byte, i) => (i === 20 ? byte ^ 1 : byte));
    t.deepEqual(judged(true, flipped), bad);
    t.deepEqual(judged(false, flipped), bad);
    t.deepEqual(
      judged(true, (fragment) => fragment.subarray(0, 47)),
      ['length too short', ['sent fatal 50']],
    );
    t.deepEqual(
      judged(false, (fragment) => fragment.subarray(0, 33)),
      broken,
    );
    t.deepEqual(
      judged(false, (fragment) => fragment.subarray(0, 32)),
      broken,
    );
  });
}
