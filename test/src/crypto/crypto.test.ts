import nodeCrypto, { createHash, X509Certificate } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { curves } from '../../../src/crypto/curves.js';
import { DerReader } from '../../../src/crypto/der.js';
import { decodeTime, encodeTime } from '../../../src/crypto/der-time.js';
import { type EcdsaKey, ecdsaPair, signEcdsa } from '../../../src/crypto/ecdsa.js';
import * as crypto from '../../../src/crypto/index.js';
import { type CredentialName, credential, credentialNames } from '../../_credentials.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
/** Bytes from a counter under SHA-256: the same for the same name. */
const filler = (name: string): ((target: Uint8Array) => void) => {
  let count = 0;
  return (target) => {
    for (let at = 0; at < target.length; at += 32) {
      const block = createHash('sha256').update(`${name} ${count++}`).digest();
      target.set(block.subarray(0, target.length - at), at);
    }
  };
};
const exactly =
  (bytes: Uint8Array) =>
  (target: Uint8Array): void =>
    target.set(bytes);
const noDraw = (): void => {
  throw new Error('nothing is drawn here');
};
/** `bytes` with one bit of one byte turned. */
const turned = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));

const real = crypto.realCrypto();
const aeadNames = Object.keys(crypto.aeadKeyBytes) as crypto.AeadName[];
const signatures: readonly [crypto.SignatureName, CredentialName][] = [
  ['ecdsa_secp256r1_sha256', 'ec-p256'],
  ['ecdsa_secp384r1_sha384', 'ec-p256'],
  ['ecdsa_sha1', 'ec-p256'],
  ['ecdsa_secp256r1_sha256', 'ec-p384'],
  ['ecdsa_secp384r1_sha384', 'ec-p384'],
  ['ecdsa_sha224', 'ec-p521'],
  ['ecdsa_secp521r1_sha512', 'ec-p521'],
  ['rsa_pkcs1_sha1', 'rsa-2048'],
  ['rsa_pkcs1_sha224', 'rsa-2048'],
  ['rsa_pkcs1_sha256', 'rsa-2048'],
  ['rsa_pkcs1_sha384', 'rsa-3072'],
  ['rsa_pkcs1_sha512', 'rsa-4096'],
  ['rsa_pss_rsae_sha256', 'rsa-2048'],
  ['rsa_pss_rsae_sha384', 'rsa-2048'],
  ['rsa_pss_rsae_sha512', 'rsa-3072'],
  ['ed25519', 'ed25519'],
  ['ed448', 'ed448'],
];
/** Bytes of a signature by each key, and of the salt of each scheme. */
const signatureBytes: Readonly<Record<string, number>> = {
  'ec-p256': 71,
  'ec-p384': 103,
  'ec-p521': 139,
  ed25519: 64,
  ed448: 114,
  'rsa-2048': 256,
  'rsa-3072': 384,
  'rsa-4096': 512,
};
const saltBytes: Readonly<Record<string, number>> = {
  rsa_pss_rsae_sha256: 32,
  rsa_pss_rsae_sha384: 48,
  rsa_pss_rsae_sha512: 64,
};
/** Bytes of a scalar and of a public key. */
const groups = {
  x25519: [32, 32],
  x448: [56, 56],
  secp256r1: [32, 65],
  secp384r1: [48, 97],
  secp521r1: [66, 133],
} as const satisfies Readonly<Record<crypto.DhGroupName, readonly [number, number]>>;
const groupNames = Object.keys(groups) as crypto.DhGroupName[];

test('real: the PRF of TLS 1.2 gives the known vectors for SHA-256 and SHA-384', (t) => {
  t.is(
    toHex(
      real.prf(
        'sha256',
        hex('9bbe436ba940f017b17652849a71db35'),
        'test label',
        hex('a0ba9f936cda311827a6f796ffd5198c'),
        100,
      ),
    ),
    'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077d' +
      'ef17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
  );
  t.is(
    toHex(
      real.prf(
        'sha384',
        hex('b80b733d6ceefcdc71566ea48e5567df'),
        'test label',
        hex('cd665cf6a8447dd6ff8b27555edb7465'),
        64,
      ),
    ),
    '7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0' +
      'e534cb400fed2700884f9dc236f80edd',
  );
});

test('real: AES-GCM gives the test cases 4 and 16 of its specification', (t) => {
  const plaintext = hex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  );
  const key = hex('feffe9928665731c6d6a8f9467308308');
  const nonce = hex('cafebabefacedbaddecaf888');
  const additionalData = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  t.is(
    toHex(real.aead('aes-128-gcm', key).seal(nonce, additionalData, plaintext)),
    '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' +
      '5bc94fbc3221a5db94fae95ae7121a47',
  );
  t.is(
    toHex(real.aead('aes-256-gcm', Uint8Array.of(...key, ...key)).seal(nonce, additionalData, plaintext)),
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b',
  );
});

test('real: ChaCha20-Poly1305 gives the vector of RFC 8439 §2.8.2', (t) => {
  const sealed = real
    .aead('chacha20-poly1305', hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'))
    .seal(
      hex('070000004041424344454647'),
      hex('50515253c0c1c2c3c4c5c6c7'),
      utf8(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
    );
  t.is(toHex(sealed.subarray(0, 32)), 'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6');
  t.is(toHex(sealed.subarray(-16)), '1ae10b594f09e26a7e902ecbd0600691');
});

test('real: AES-256-CBC gives the first block of NIST SP 800-38A F.2.5', (t) => {
  const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const sealed = real.cbcEncrypt(key, hex('000102030405060708090a0b0c0d0e0f'), hex('6bc1bee22e409f96e93d7e117393172a'));
  t.is(toHex(sealed.subarray(0, 16)), 'f58c4c04d6e5f1ba779eabfb5f7bfbd6');
  t.is(sealed.length, 32);
});

test('real: CBC without padding gives NIST SP 800-38A F.2.1 and F.2.5, and HMAC-SHA1 the second case of RFC 2202', (t) => {
  const iv = hex('000102030405060708090a0b0c0d0e0f');
  const blocks = hex('6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51');
  const key128 = hex('2b7e151628aed2a6abf7158809cf4f3c');
  const key256 = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const sealed128 = real.blockCipher('aes-128-cbc', key128).encrypt(iv, blocks);
  const sealed256 = real.blockCipher('aes-256-cbc', key256).encrypt(iv, blocks);
  t.is(toHex(sealed128), '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2');
  t.is(toHex(sealed256), 'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d');
  t.deepEqual(real.blockCipher('aes-128-cbc', key128).decrypt(iv, sealed128), blocks);
  t.is(
    toHex(real.hmac('sha1', utf8('Jefe'), utf8('what do ya want for nothing?'))),
    'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  );
});

test('real: X25519 and X448 give the keys of RFC 7748 §6, P-256 to P-521 those of RFC 5903 §8', (t) => {
  const bob = real.keyShare('x25519', exactly(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')));
  t.is(toHex(bob.publicKey), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
  t.is(
    toHex(bob.agree(hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'))),
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  );
  const x448 = real.keyShare(
    'x448',
    exactly(
      hex(
        '9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b',
      ),
    ),
  );
  t.is(
    toHex(x448.publicKey),
    '9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0',
  );
  t.is(
    toHex(
      x448.agree(
        hex(
          '3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609',
        ),
      ),
    ),
    '07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d',
  );
  // The scalar is the seed plus one: see scalarFrom.
  const p384 = real.keyShare(
    'secp384r1',
    exactly(hex('099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab193')),
  );
  t.is(
    toHex(p384.publicKey),
    '04667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa' +
      '9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c',
  );
  const p521 = real.keyShare(
    'secp521r1',
    exactly(
      hex(
        '0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a51',
      ),
    ),
  );
  t.is(
    toHex(p521.publicKey),
    '040015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e' +
      '017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582',
  );
  const initiator = real.keyShare(
    'secp256r1',
    exactly(hex('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1432')),
  );
  t.is(
    toHex(initiator.publicKey),
    '04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
  );
  t.is(
    toHex(
      initiator.agree(
        hex(
          '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
        ),
      ),
    ),
    'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
  );
});

test('real: RSA encryption is what OpenSSL decrypts, and a number past the modulus is none', (t) => {
  const { key } = crypto.testCredentials['rsa-2048'];
  const privateKey = nodeCrypto.createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
  const padding = nodeCrypto.constants.RSA_NO_PADDING;
  const block = nodeCrypto.privateDecrypt(
    { key: privateKey, padding },
    real.rsaEncrypt(key.publicKey, utf8('secret'), filler('a')),
  );
  t.deepEqual([block[0], block[1], block.indexOf(0, 2)], [0, 2, 249]);
  t.is(block.subarray(250).toString(), 'secret');
  const publicKey = nodeCrypto.createPublicKey(privateKey);
  const theirs = nodeCrypto.publicEncrypt(
    { key: publicKey, padding: nodeCrypto.constants.RSA_PKCS1_PADDING },
    Buffer.from('theirs'),
  );
  t.deepEqual(real.rsaDecrypt(key, theirs), utf8('theirs'));
  t.is(real.rsaDecrypt(key, new Uint8Array(256).fill(255)), 'no-ciphertext');
});

test('real: a compressed point is the point, for a caller that takes it', (t) => {
  const [share, peer] = ['a', 'b'].map((label) => real.keyShare('secp256r1', filler(label))) as [
    crypto.KeyShare,
    crypto.KeyShare,
  ];
  const sign = 2 + (peer.publicKey.at(-1)! & 1);
  t.deepEqual(share.agree(Uint8Array.of(sign, ...peer.publicKey.subarray(1, 33))), share.agree(peer.publicKey));
});

test('real: X25519 refuses a point of small order', (t) => {
  const share = real.keyShare('x25519', filler('small order'));
  t.is(share.agree(hex('01'.padEnd(64, '0'))), undefined);
});

test('real: ECDSA gives the vectors of RFC 6979 A.2.5 to A.2.7', (t) => {
  const p256: EcdsaKey = {
    curve: curves.secp256r1,
    scalar: 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n,
  };
  t.deepEqual(ecdsaPair(p256, 'sha256', utf8('sample')), {
    r: 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
    s: 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
  });
  t.deepEqual(ecdsaPair(p256, 'sha256', utf8('test')), {
    r: 0xf1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367n,
    s: 0x019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083n,
  });
  t.deepEqual(ecdsaPair(p256, 'sha512', utf8('sample')), {
    r: 0x8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00n,
    s: 0x2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fen,
  });
  const p384: EcdsaKey = {
    curve: curves.secp384r1,
    scalar: 0x6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5n,
  };
  t.deepEqual(ecdsaPair(p384, 'sha384', utf8('sample')), {
    r: 0x94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46n,
    s: 0x99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8n,
  });
  const p521: EcdsaKey = {
    curve: curves.secp521r1,
    scalar:
      0x0fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538n,
  };
  t.deepEqual(ecdsaPair(p521, 'sha512', utf8('sample')), {
    r: 0x0c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fan,
    s: 0x0617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67an,
  });
});

test('real: an ECDSA signature always has the length of its curve, and OpenSSL verifies it', (t) => {
  for (const name of ['ec-p256', 'ec-p384', 'ec-p521'] as const) {
    const { key } = credential(name);
    const publicKey = nodeCrypto.createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
    for (let i = 0; i < (name === 'ec-p256' ? 300 : 30); i++) {
      const message = utf8(`message ${i}`);
      const signature = real.sign(key, 'ecdsa_secp256r1_sha256', message, noDraw);
      t.is(signature.length, signatureBytes[name]!);
      t.true(nodeCrypto.verify('sha256', message, publicKey, signature));
    }
  }
});

test('real: where neither s nor its opposite gives 71 bytes, the next nonce has extra data', (t) => {
  // A scalar under which the first r of some message is short (1 in 512) is found among two thousand messages.
  const key: EcdsaKey = { curve: curves.secp256r1, scalar: 12345n };
  const short = Array.from({ length: 2000 }, (_, i) => utf8(`short ${i}`)).find(
    (message) => ecdsaPair(key, 'sha256', message).r < 2n ** 247n,
  );
  t.not(short, undefined);
  const signature = signEcdsa(key, 'sha256', short!);
  t.is(signature.length, 71);
  const next = ecdsaPair(key, 'sha256', short!, hex('00000001'));
  const pair = new DerReader(signature).enter(0x30);
  t.is(BigInt(`0x${toHex(pair.next().contents)}`), next.r);
  t.true([next.s, curves.secp256r1.order - next.s].includes(BigInt(`0x${toHex(pair.next().contents)}`)));
});

test('real: Ed25519 gives the first vector of RFC 8032 §7.1', (t) => {
  const key = crypto.makePrivateKey(
    'ed25519',
    exactly(hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')),
  );
  t.is(toHex(key.publicKey.subarray(12)), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  t.is(
    toHex(real.sign(key, 'ed25519', hex(''), noDraw)),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
});

test('real: OpenSSL verifies RSA signatures of both schemes, PSS with the salt that was drawn', (t) => {
  const { key } = crypto.testCredentials['rsa-2048'];
  const publicKey = nodeCrypto.createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const message = utf8('message');
  t.true(nodeCrypto.verify('sha256', message, publicKey, real.sign(key, 'rsa_pkcs1_sha256', message, noDraw)));
  const pss = { key: publicKey, padding: nodeCrypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  for (let i = 0; i < 20; i++) {
    const signature = real.sign(key, 'rsa_pss_rsae_sha256', message, filler(`salt ${i}`));
    t.true(nodeCrypto.verify('sha256', message, pss, signature));
  }
  for (const bits of [1023, 1024, 1025, 1026, 1031] as const) {
    const { key: odd } = credential(`rsa-${bits}`);
    const oddKey = nodeCrypto.createPublicKey({ key: Buffer.from(odd.publicKey), format: 'der', type: 'spki' });
    const signature = real.sign(odd, 'rsa_pss_rsae_sha384', message, filler('odd'));
    t.true(nodeCrypto.verify('sha384', message, { ...pss, key: oddKey, saltLength: 48 }, signature), `${bits} bits`);
  }
});

for (const make of [crypto.realCrypto, crypto.fastCrypto]) {
  const provider = make();
  const { name } = provider;

  test(`${name}: a running hash gives the same for any cuts, goes on after a digest, and notices each byte`, (t) => {
    const data = Uint8Array.from({ length: 70 }, (_, i) => (i * 37) & 0xff);
    for (const hash of ['sha256', 'sha384'] as const) {
      const whole = provider.startHash(hash);
      whole.update(data);
      t.is(whole.digest().length, crypto.hashBytes[hash]);
      for (let cut = 0; cut <= data.length; cut++) {
        const running = provider.startHash(hash);
        running.update(data.subarray(0, cut));
        running.digest();
        running.update(data.subarray(cut));
        t.deepEqual(running.digest(), whole.digest());
      }
      const results = new Set<string>([toHex(whole.digest())]);
      for (let at = 0; at < data.length; at++) {
        const other = provider.startHash(hash);
        other.update(turned(data, at));
        results.add(toHex(other.digest()));
        const shorter = provider.startHash(hash);
        shorter.update(data.subarray(0, at));
        results.add(toHex(shorter.digest()));
      }
      t.is(results.size, 1 + 2 * data.length);
    }
  });

  test(`${name}: HMAC and PRF have the length asked for and depend on each byte of each input`, (t) => {
    const key = Uint8Array.from({ length: 48 }, (_, i) => i + 1);
    const results = new Set<string>();
    const add = (bytes: Uint8Array, length: number): void => {
      t.is(bytes.length, length);
      results.add(toHex(bytes));
    };
    for (let at = -1; at < 48; at++) {
      add(provider.hmac('sha256', turned(key, at), key), 32);
      add(provider.hmac('sha384', turned(key, at), key), 48);
      add(provider.prf('sha256', turned(key, at), 'master secret', key, 48), 48);
      if (at >= 0) {
        add(provider.hmac('sha256', key, turned(key, at)), 32);
        add(provider.prf('sha256', key, 'master secret', turned(key, at), 48), 48);
      }
    }
    add(provider.prf('sha384', key, 'master secret', key, 48), 48);
    add(provider.prf('sha256', key, 'master secres', key, 48), 48);
    add(provider.prf('sha256', key, 'master secret', key, 12).slice(), 12);
    t.is(results.size, 3 * 49 + 2 * 48 + 3);
    t.deepEqual(
      provider.prf('sha256', key, 'key expansion', key, 104).subarray(0, 12),
      provider.prf('sha256', key, 'key expansion', key, 12),
    );
    t.is(provider.prf('sha256', key, 'x', key, 0).length, 0);
  });

  for (const aeadName of aeadNames) {
    test(`${name}: ${aeadName} opens what it sealed, and nothing where one byte or the key differs`, (t) => {
      const key = new Uint8Array(crypto.aeadKeyBytes[aeadName]).fill(7);
      const aead = provider.aead(aeadName, key);
      const nonce = new Uint8Array(12).fill(1);
      const additionalData = hex('00000000000000011703030010');
      for (const length of [0, 1, 15, 16, 17, 100]) {
        const plaintext = Uint8Array.from({ length }, (_, i) => i);
        const sealed = aead.seal(nonce, additionalData, plaintext);
        t.is(sealed.length, length + crypto.aeadTagBytes);
        t.deepEqual(aead.open(nonce, additionalData, sealed), plaintext);
        for (let at = 0; at < sealed.length; at++) {
          t.is(aead.open(nonce, additionalData, turned(sealed, at)), undefined);
          t.is(aead.open(nonce, additionalData, sealed.subarray(0, at)), undefined);
        }
        for (let at = 0; at < nonce.length; at++) {
          t.is(aead.open(turned(nonce, at), additionalData, sealed), undefined);
        }
        for (let at = 0; at < additionalData.length; at++) {
          t.is(aead.open(nonce, turned(additionalData, at), sealed), undefined);
        }
        for (let at = 0; at < key.length; at++) {
          t.is(provider.aead(aeadName, turned(key, at)).open(nonce, additionalData, sealed), undefined);
        }
      }
      t.not(
        toHex(aead.seal(nonce, additionalData, new Uint8Array(40)).subarray(0, 40)),
        toHex(new Uint8Array(40)),
        'the ciphertext is not the plaintext',
      );
    });
  }

  test(`${name}: a block cipher keeps the length, gives the blocks back, and depends on key, IV and name`, (t) => {
    const iv = new Uint8Array(16).fill(4);
    for (const [cipherName, length] of Object.entries(crypto.blockCipherKeyBytes)) {
      const key = new Uint8Array(length).fill(3);
      const cipher = provider.blockCipher(cipherName as crypto.BlockCipherName, key);
      for (const blocks of [0, 1, 2, 5]) {
        const plaintext = Uint8Array.from({ length: 16 * blocks }, (_, i) => i);
        const sealed = cipher.encrypt(iv, plaintext);
        t.is(sealed.length, plaintext.length);
        t.deepEqual(cipher.decrypt(iv, sealed), plaintext);
        if (blocks === 0) continue;
        t.notDeepEqual(cipher.decrypt(turned(iv, 3), sealed), plaintext);
        const other = provider.blockCipher(cipherName as crypto.BlockCipherName, turned(key, 5));
        t.notDeepEqual(other.decrypt(iv, sealed), plaintext);
      }
    }
    t.is(provider.hmac('sha1', iv, iv).length, 20);
    t.notDeepEqual(provider.hmac('sha1', iv, turned(iv, 0)), provider.hmac('sha1', iv, iv));
    t.notDeepEqual(provider.hmac('sha1', turned(iv, 0), iv), provider.hmac('sha1', iv, iv));
  });

  test(`${name}: what is encrypted to an RSA key comes back, and what was changed does not`, (t) => {
    const { key } = crypto.testCredentials['rsa-2048'];
    const secret = Uint8Array.from({ length: 48 }, (_, i) => i);
    const sealed = provider.rsaEncrypt(key.publicKey, secret, filler('padding'));
    t.is(sealed.length, 256);
    t.deepEqual(provider.rsaDecrypt(key, sealed), secret);
    t.notDeepEqual(provider.rsaEncrypt(key.publicKey, secret, filler('other')), sealed);
    t.deepEqual(
      provider.rsaDecrypt(
        key,
        provider.rsaEncrypt(key.publicKey, secret, (target) => target.fill(0)),
      ),
      secret,
    );
    for (const at of [1, 100, 255]) t.notDeepEqual(provider.rsaDecrypt(key, turned(sealed, at)), secret);
    t.is(provider.rsaDecrypt(key, new Uint8Array(256).fill(1)), 'bad-padding');
    t.is(provider.rsaDecrypt(key, new Uint8Array(12).fill(1)), 'bad-padding');
    t.is(provider.rsaDecrypt(key, new Uint8Array(257)), 'no-ciphertext');
    t.is(provider.rsaDecrypt(crypto.testCredentials['ec-p256'].key, sealed), 'no-ciphertext');
    const drawn: number[] = [];
    provider.rsaEncrypt(key.publicKey, secret, (target) => drawn.push(target.length));
    t.deepEqual(drawn, [205]);
  });

  test(`${name}: CBC pads to whole blocks, gives the plaintext back, and refuses what is no ciphertext`, (t) => {
    const key = new Uint8Array(32).fill(3);
    const iv = new Uint8Array(16).fill(4);
    for (let length = 0; length <= 33; length++) {
      const plaintext = Uint8Array.from({ length }, (_, i) => i);
      const sealed = provider.cbcEncrypt(key, iv, plaintext);
      t.is(sealed.length, 16 * (Math.floor(length / 16) + 1));
      t.deepEqual(provider.cbcDecrypt(key, iv, sealed), plaintext);
      t.is(provider.cbcDecrypt(key, iv, sealed.subarray(0, sealed.length - 1)), undefined);
      t.notDeepEqual(provider.cbcDecrypt(turned(key, 9), iv, sealed), plaintext);
    }
    t.is(provider.cbcDecrypt(key, iv, hex('')), undefined);
  });

  test(`${name}: both ends of a key exchange agree, a third one does not`, (t) => {
    for (const group of groupNames) {
      const fill = filler(`agree ${group}`);
      for (let i = 0; i < 10; i++) {
        const [a, b, c] = [1, 2, 3].map(() => provider.keyShare(group, fill)) as [
          crypto.KeyShare,
          crypto.KeyShare,
          crypto.KeyShare,
        ];
        t.is(a.publicKey.length, groups[group][1]);
        t.is(a.agree(b.publicKey)?.length, groups[group][0]);
        t.deepEqual(a.agree(b.publicKey), b.agree(a.publicKey));
        t.notDeepEqual(a.agree(b.publicKey), a.agree(c.publicKey));
        t.notDeepEqual(a.publicKey, b.publicKey);
      }
    }
  });

  test(`${name}: a server answers a share of each group, and both sides have one secret`, (t) => {
    const sizes: Record<string, number[]> = Object.fromEntries(
      groupNames.map((group) => [group, [groups[group][1], ...groups[group].toReversed()]]),
    );
    sizes['X25519MLKEM768'] = [1216, 1120, 64];
    for (const group of [...groupNames, 'X25519MLKEM768'] as const) {
      const share = provider.keyShare(group, filler(`client ${group}`));
      const answer = provider.answerKeyShare(group, share.publicKey, filler(`server ${group}`))!;
      t.deepEqual([share.publicKey.length, answer.publicKey.length, answer.secret.length], sizes[group]);
      t.deepEqual(share.agree(answer.publicKey), answer.secret);
      t.deepEqual(make().answerKeyShare(group, share.publicKey, filler(`server ${group}`)), answer);
      const another = provider.answerKeyShare(group, share.publicKey, filler('another'))!;
      t.notDeepEqual(another.secret, answer.secret);
      t.is(provider.answerKeyShare(group, share.publicKey.subarray(1), filler('short')), undefined);
      t.is(share.agree(answer.publicKey.subarray(1)), undefined);
    }
  });

  test(`${name}: a share of X25519MLKEM768 is refused for either half, and a changed answer gives another secret`, (t) => {
    const share = provider.keyShare('X25519MLKEM768', filler('client'));
    const answer = provider.answerKeyShare('X25519MLKEM768', share.publicKey, filler('server'))!;
    const pointOfZero = share.publicKey.slice();
    pointOfZero.fill(0, 1184);
    t.is(provider.answerKeyShare('X25519MLKEM768', pointOfZero, filler('server')), undefined);
    const noKey = share.publicKey.slice();
    noKey.fill(0xff, 0, 1152);
    t.is(provider.answerKeyShare('X25519MLKEM768', noKey, filler('server')), undefined);
    const other = share.agree(turned(answer.publicKey, 700))!;
    t.is(other.length, 64);
    t.notDeepEqual(other.subarray(0, 32), answer.secret.subarray(0, 32));
    t.deepEqual(other.subarray(32), answer.secret.subarray(32));
    const noPoint = answer.publicKey.slice();
    noPoint.fill(0, 1088);
    t.is(share.agree(noPoint), undefined);
  });

  test(`${name}: keys that are derived depend on all that goes in`, (t) => {
    const [salt, input] = [utf8('salt'), utf8('input')];
    const secret = provider.hkdfExtract('sha384', salt, input);
    t.is(secret.length, 48);
    t.notDeepEqual(provider.hkdfExtract('sha384', turned(salt, 0), input), secret);
    t.notDeepEqual(provider.hkdfExtract('sha384', salt, turned(input, 0)), secret);
    const key = provider.hkdfExpandLabel('sha384', secret, 'key', input, 100);
    t.is(key.length, 100);
    t.deepEqual(make().hkdfExpandLabel('sha384', secret, 'key', input, 100), key);
    for (const other of [
      provider.hkdfExpandLabel('sha256', secret, 'key', input, 100),
      provider.hkdfExpandLabel('sha384', turned(secret, 0), 'key', input, 100),
      provider.hkdfExpandLabel('sha384', secret, 'kez', input, 100),
      provider.hkdfExpandLabel('sha384', secret, 'key', turned(input, 4), 100),
      provider.hkdfExpandLabel('sha384', secret, 'key', input, 101).subarray(0, 100),
    ]) {
      t.notDeepEqual(other, key);
    }
  });

  test(`${name}: a copy of a running hash goes its own way`, (t) => {
    const whole = provider.startHash('sha256');
    whole.update(utf8('ab'));
    const copy = whole.copy();
    copy.update(utf8('c'));
    t.deepEqual(copy.digest(), provider.hash('sha256', utf8('abc')));
    t.deepEqual(whole.digest(), provider.hash('sha256', utf8('ab')));
  });

  test(`${name}: keys that are none are refused: wrong lengths, all zero, off the curve, at infinity`, (t) => {
    for (const group of ['x25519', 'x448'] as const) {
      const [bytes] = groups[group];
      const share = provider.keyShare(group, filler(group));
      t.is(share.agree(new Uint8Array(bytes)), undefined);
      t.is(provider.shareFault(group, new Uint8Array(bytes)), 'small-order');
      t.is(share.agree(new Uint8Array(bytes - 1).fill(9)), undefined);
      t.is(provider.shareFault(group, new Uint8Array(bytes - 1).fill(9)), 'no-point');
      t.is(share.agree(new Uint8Array(bytes + 1).fill(9)), undefined);
    }
    for (const group of ['secp256r1', 'secp384r1', 'secp521r1'] as const) {
      const share = provider.keyShare(group, filler(group));
      t.is(share.publicKey[0], 4);
      const peer = provider.keyShare(group, filler('peer')).publicKey;
      for (let at = 0; at < peer.length; at++) {
        t.is(share.agree(turned(peer, at)), undefined);
      }
      t.is(share.agree(peer.subarray(0, -1)), undefined);
      t.is(provider.shareFault(group, peer.subarray(0, -1)), 'no-point');
      t.is(share.agree(hex('00')), undefined);
      t.is(provider.shareFault(group, hex('00')), 'infinity');
    }
  });

  for (const [scheme, keyName] of signatures) {
    test(`${name}: a ${scheme} signature of ${keyName} verifies, and not with another byte, message, key or scheme`, (t) => {
      const { key } = credential(keyName);
      const message = utf8('what is signed');
      const signature = provider.sign(key, scheme, message, filler('salt'));
      t.is(signature.length, signatureBytes[keyName]!);
      t.is(crypto.signatureBytes(key.publicKey), signature.length);
      t.true(provider.verify(key.publicKey, scheme, message, signature));
      t.true(make().verify(key.publicKey.slice(), scheme, message, signature), 'another provider of the same name');
      t.deepEqual(make().sign(key, scheme, message, filler('salt')), signature);
      for (let at = 0; at < signature.length; at += 7) {
        t.false(provider.verify(key.publicKey, scheme, message, turned(signature, at)));
      }
      for (let at = 0; at < message.length; at++) {
        t.false(provider.verify(key.publicKey, scheme, turned(message, at), signature));
      }
      t.false(provider.verify(key.publicKey, scheme, message, signature.subarray(1)));
      t.false(provider.verify(key.publicKey, scheme, message, hex('')));
      t.false(provider.verify(turned(key.publicKey, key.publicKey.length - 9), scheme, message, signature));
      t.false(provider.verify(hex('3003020100'), scheme, message, signature));
      for (const [other, otherName] of signatures) {
        if (other !== scheme) {
          t.false(provider.verify(key.publicKey, other, message, signature));
        }
        if (!crypto.schemeFits(key.kind, other)) {
          t.not(otherName, keyName);
          t.throws(() => provider.sign(key, other, message, noDraw), { instanceOf: crypto.CryptoError });
        }
      }
    });
  }
}

test('both providers draw equally many bytes for a share and for a signature', (t) => {
  const draws = (act: (provider: crypto.CryptoProvider, fill: (target: Uint8Array) => void) => unknown): number[][] =>
    [crypto.realCrypto(), crypto.fastCrypto()].map((provider) => {
      const sizes: number[] = [];
      const fill = filler('draws');
      act(provider, (target) => {
        sizes.push(target.length);
        fill(target);
      });
      return sizes;
    });
  for (const group of groupNames) {
    t.deepEqual(
      draws((provider, fill) => provider.keyShare(group, fill)),
      [[groups[group][0]], [groups[group][0]]],
    );
  }
  const shareOf = (provider: crypto.CryptoProvider): Uint8Array =>
    provider.keyShare('X25519MLKEM768', filler('client')).publicKey;
  const [real, fast] = [shareOf(crypto.realCrypto()), shareOf(crypto.fastCrypto())];
  t.deepEqual(
    draws((provider, fill) => provider.keyShare('X25519MLKEM768', fill)),
    [
      [64, 32],
      [64, 32],
    ],
  );
  t.deepEqual(
    draws((provider, fill) => provider.answerKeyShare('X25519MLKEM768', provider.name === 'real' ? real : fast, fill)),
    [
      [32, 32],
      [32, 32],
    ],
  );
  for (const [scheme, keyName] of signatures) {
    const expected = scheme in saltBytes ? [saltBytes[scheme]] : [];
    t.deepEqual(
      draws((provider, fill) => provider.sign(credential(keyName).key, scheme, hex('00'), fill)),
      [expected, expected],
    );
  }
});

test('credentials with each kind of key are what they say, and Node accepts them', (t) => {
  for (const name of credentialNames) {
    const { chain, key } = credential(name);
    const der = chain[0]!;
    const certificate = new X509Certificate(der);
    t.true(certificate.verify(certificate.publicKey));
    t.true(
      certificate.checkPrivateKey(
        nodeCrypto.createPrivateKey({
          key: Buffer.from(key.pkcs8),
          format: 'der',
          type: 'pkcs8',
        }),
      ),
    );
    t.is(certificate.checkHost('a.simtls.test'), '*.simtls.test');
    const info = crypto.readCertificate(der);
    t.is(info.kind, name.startsWith('rsa') ? 'rsa' : (name as crypto.KeyKind));
    t.deepEqual(info.publicKey, key.publicKey);
    t.is(info.subject, 'simtls test');
    t.deepEqual(info.names, ['simtls.test', '*.simtls.test', 'localhost', '127.0.0.1']);
    t.is(info.notBeforeMs, Date.UTC(2020, 0, 1));
    t.is(info.notAfterMs, Date.UTC(2120, 0, 1));
    t.deepEqual(crypto.readPrivateKey(key.pkcs8), key);
    t.true(real.verify(info.publicKey, info.scheme!, info.signed, info.signature));
  }
});

test('a chain of certificates is made, byte for byte again, and Node verifies it', (t) => {
  const authorityKey = crypto.makePrivateKey('ec-p256', filler('authority'));
  for (const kind of ['ec-p256', 'ec-p384', 'ec-p521', 'ed25519', 'ed448'] as const) {
    const key = crypto.makePrivateKey(kind, filler('leaf'));
    t.deepEqual(crypto.readPrivateKey(key.pkcs8), key);
    const times = { notBeforeMs: Date.UTC(2049, 11, 31, 23, 59, 59), notAfterMs: Date.UTC(2052, 1, 29, 12, 30, 1) };
    const authorityOptions = {
      subject: 'authority',
      names: [],
      key: authorityKey,
      serial: 1n,
      ca: true,
      provider: real,
    };
    const authority = new X509Certificate(crypto.makeCertificate({ ...authorityOptions, ...times }));
    const options = {
      subject: 'leaf',
      names: ['leaf.example', '10.0.0.1'],
      issuer: { subject: 'authority', key: authorityKey },
      key,
      serial: 0x80ffn,
      ...times,
      provider: real,
    };
    const der = crypto.makeCertificate(options);
    t.deepEqual(crypto.makeCertificate({ ...options, provider: crypto.realCrypto() }), der);
    t.is(crypto.makeCertificate({ ...options, provider: crypto.fastCrypto() }).length, der.length);
    const leaf = new X509Certificate(der);
    t.true(authority.ca);
    t.false(leaf.ca);
    t.true(leaf.checkIssued(authority));
    t.true(leaf.verify(authority.publicKey));
    t.is(leaf.serialNumber, '80FF');
    t.is(leaf.checkIP('10.0.0.1'), '10.0.0.1');
    t.is(Date.parse(leaf.validFrom), times.notBeforeMs);
    t.is(Date.parse(leaf.validTo), times.notAfterMs);
    const info = crypto.readCertificate(der);
    t.is(info.issuer, 'authority');
    t.is(info.subject, 'leaf');
    t.deepEqual(info.names, options.names);
    t.is(info.serial, 0x80ffn);
    t.false(info.ca);
    t.deepEqual({ notBeforeMs: info.notBeforeMs, notAfterMs: info.notAfterMs }, times);
    t.deepEqual(info.issuerName, crypto.readCertificate(new Uint8Array(authority.raw)).subjectName);
    t.true(crypto.readCertificate(new Uint8Array(authority.raw)).ca);
    t.is(info.scheme, 'ecdsa_secp256r1_sha256');
    t.true(real.verify(authorityKey.publicKey, info.scheme!, info.signed, info.signature));
  }
});

test('a certificate cut at any byte, longer, or of another kind of key is refused by a CertificateError', (t) => {
  const der = crypto.testCredentials['ec-p256'].chain[0]!;
  for (let length = 0; length < der.length; length++) {
    t.is(
      t.throws(() => crypto.readCertificate(der.subarray(0, length)), { instanceOf: crypto.CertificateError })?.code,
      'DECODE_ERROR',
    );
  }
  t.throws(() => crypto.readCertificate(Uint8Array.of(...der, 0)), { instanceOf: crypto.CertificateError });
  const point = crypto.testCredentials['ec-p256'].key.publicKey;
  const at = Buffer.from(der).indexOf(Buffer.from(point));
  const compressed = der.map((byte, i) => (i === at + 26 ? 2 : byte));
  t.is(
    t.throws(() => crypto.readCertificate(compressed), { instanceOf: crypto.CertificateError })?.code,
    'UNSUPPORTED_KEY',
  );
  t.throws(() => crypto.readPrivateKey(der), { instanceOf: crypto.CertificateError });
});

test('a certificate with any byte changed gives a value or a CertificateError', (t) => {
  const certificates = Object.values(crypto.testCredentials).map(({ chain }) => chain[0]!);
  const property = fc.property(fc.constantFrom(...certificates), fc.nat(), fc.nat(255), (der, place, byte) => {
    const changed = der.slice();
    changed[place % der.length] = byte;
    try {
      crypto.readCertificate(changed);
    } catch (error) {
      t.true(error instanceof crypto.CertificateError);
    }
  });
  fc.assert(property, { numRuns: 2000, seed: 5 });
  t.pass();
});

test('times in certificates are those of the Gregorian calendar, to the second, from 1950 to 9999', (t) => {
  const seconds = fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
  const property = fc.property(seconds, (second) => {
    const encoded = encodeTime(second * 1000);
    const iso = new Date(second * 1000).toISOString().replace(/\.000|[-:T]/g, '');
    const short = new Date(second * 1000).getUTCFullYear() < 2050;
    t.is(Buffer.from(encoded.subarray(2)).toString(), short ? iso.slice(2) : iso);
    t.is(decodeTime(new DerReader(encoded).next()), second * 1000);
  });
  fc.assert(property, { numRuns: 500, seed: 6 });
  for (const text of ['230230000000Z', '231301000000Z', '230101240000Z', '2301010000Z', '230101000000+0000']) {
    t.is(decodeTime({ tag: 0x17, contents: utf8(text) }), undefined, text);
  }
});
