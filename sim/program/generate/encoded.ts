/** Sessions as DER (ssl/ssl_asn1.c), each field with the values at the edge of what it may hold, and damage to the bytes. */
import { testCredentials } from '../../../src/index.js';
import type { Draft } from './draft.js';

/** The fields of one encoded session, each as bytes that are whole by themselves, in their order. */
export type Fields = readonly (readonly number[])[];

/** ECDHE-ECDSA-AES128-GCM-SHA256: what two ends with the test certificate can use. */
const commonSuite = [0xc0, 0x2b] as const;
const suites: readonly (readonly number[])[] = [
  [0xc0, 0x2c],
  [0xcc, 0xa9],
  [0xc0, 0x2f],
  [0x00, 0x9c],
  [0x13, 0x01],
  [0x00, 0x05],
  [0x00, 0x00],
  [0x00, 0xff],
  [0xc0],
  [],
  [0x00, 0xc0, 0x2b],
];
const versions: readonly bigint[] = [
  0x304n,
  0x302n,
  0x301n,
  0x300n,
  0x2ffn,
  0x400n,
  0xfefdn,
  0x100n,
  0n,
  -1n,
  0x10303n,
];
const uint32Edges: readonly bigint[] = [0n, 1n, 255n, 256n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, -1n];
const uint64Edges: readonly bigint[] = [0n, 1n, 300n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n];
const int64Edges: readonly bigint[] = [
  0n,
  1n,
  -1n,
  7230n,
  2n ** 31n,
  2n ** 40n,
  2n ** 63n - 1n,
  2n ** 63n,
  -(2n ** 63n),
];

/** What stands behind the fields that are always there: how likely each is, and its values. */
const optional: readonly {
  readonly tag: number;
  readonly percent: number;
  readonly draw: (draft: Draft) => number[];
}[] = [
  // Never a time of the present: the stacks' clocks tell different ones.
  { tag: 1, percent: 15, draw: (draft) => integer(draft.random.pick([0n, 1n, 5000n, 86_400n, -1n, 2n ** 29n])) },
  { tag: 2, percent: 50, draw: (draft) => integer(draft.likely(70) ? 7230n : draft.random.pick(int64Edges)) },
  { tag: 3, percent: 20, draw: () => [...(testCredentials['ec-p256'].chain[0] ?? [])] },
  { tag: 4, percent: 60, draw: (draft) => octets(draft.likely(75) ? ascii('app') : noise(draft, draft.length(32))) },
  { tag: 5, percent: 15, draw: (draft) => integer(draft.random.pick([0n, 1n, 18n, -1n, 2n ** 31n - 1n, 2n ** 31n])) },
  {
    tag: 6,
    percent: 20,
    draw: (draft) => octets(draft.random.pick([ascii('a.example'), ascii('a\0b'), [], noise(draft, 300)])),
  },
  { tag: 7, percent: 5, draw: (draft) => octets(noise(draft, draft.random.int(6))) },
  { tag: 8, percent: 5, draw: (draft) => octets(noise(draft, draft.random.int(6))) },
  { tag: 9, percent: 20, draw: (draft) => integer(draft.random.pick(uint64Edges)) },
  { tag: 10, percent: 20, draw: (draft) => octets(noise(draft, draft.random.pick([0, 1, 16, 180, 600]))) },
  { tag: 11, percent: 5, draw: (draft) => octets(noise(draft, draft.random.int(3))) },
  { tag: 12, percent: 5, draw: (draft) => octets(noise(draft, draft.random.int(6))) },
  { tag: 13, percent: 70, draw: (draft) => integer(draft.likely(85) ? 1n : draft.random.pick(uint64Edges)) },
  { tag: 14, percent: 10, draw: (draft) => integer(draft.random.pick(uint32Edges)) },
  { tag: 15, percent: 10, draw: (draft) => integer(draft.random.pick(uint32Edges)) },
  { tag: 16, percent: 10, draw: (draft) => octets(draft.random.pick([[], ascii('h2'), noise(draft, 256)])) },
  { tag: 17, percent: 12, draw: (draft) => integer(draft.random.pick([0n, 1n, 2n, 4n, 5n, 255n, 256n, 257n, -1n])) },
  { tag: 18, percent: 5, draw: (draft) => octets(noise(draft, draft.random.int(6))) },
  { tag: 19, percent: 10, draw: (draft) => integer(draft.likely(50) ? 29n : draft.random.pick(uint32Edges)) },
  { tag: 20, percent: 4, draw: (draft) => octets(noise(draft, draft.random.int(6))) },
];

/** The fields of a session that two ends can resume, but for what is drawn to be odd. */
export function drawFields(draft: Draft, oddPercent: number): Fields {
  const odd = (): boolean => draft.likely(oddPercent);
  const { random } = draft;
  const id = odd() ? noise(draft, draft.length(32)) : Array.from({ length: 32 }, () => 0xe1);
  const masterKey = odd() ? noise(draft, random.pick([0, 1, 47, 49, 256, 257])) : noise(draft, 48);
  const fields = [
    integer(odd() && draft.likely(30) ? random.pick([0n, 2n, 257n, -1n, 2n ** 32n]) : 1n),
    integer(odd() ? random.pick(versions) : 0x303n),
    octets(odd() ? random.pick(suites) : commonSuite),
    octets(id),
    octets(masterKey),
  ];
  if (odd() && draft.likely(30)) fields.push(element(0x80, noise(draft, random.int(5))));
  for (const { tag, percent, draw } of optional) {
    const drawn = draw(draft);
    if (draft.likely(percent)) fields.push(element(0xa0 + tag, drawn));
  }
  return fields;
}

/** The bytes of the whole. */
export function encoded(fields: Fields): number[] {
  return element(0x30, fields.flat());
}

/** One field is missing, there twice, in another place, or of another session. */
export function shuffledFields(draft: Draft, fields: Fields): Fields {
  const out = [...fields];
  const at = draft.random.int(out.length);
  const here = out[at] ?? [];
  const way = draft.random.int(4);
  if (way === 0) out.splice(at, 1);
  else if (way === 1) out.splice(at, 0, here);
  else if (way === 2) out.splice(draft.random.int(out.length), 0, ...out.splice(at, 1));
  else out[at] = draft.random.pick(drawFields(draft, 50));
  return out;
}

/** Bytes with one to three things done to them: bits, cuts, what is too much, lengths that lie or are written in another way. */
export function damaged(draft: Draft, bytes: readonly number[]): number[] {
  const { random } = draft;
  const out = [...bytes];
  for (let times = 1 + random.int(3); times > 0; times--) {
    const at = random.int(Math.max(1, out.length));
    const here = out[at] ?? 0;
    switch (random.int(9)) {
      case 0:
      case 1:
        out[at] = here ^ (1 << random.int(8));
        break;
      case 2:
        out[at] = random.pick([0, 0x80, 0x81, 0x82, 0x84, 0xff, random.int(256)]);
        break;
      case 3:
        out.length = at;
        break;
      case 4:
        out.push(...noise(draft, 1 + random.int(5)));
        break;
      case 5:
        out.splice(at, random.int(4), ...noise(draft, random.int(4)));
        break;
      case 6:
        out[at] = (here + random.pick([1, 255])) & 0xff;
        break;
      case 7:
        // the length of the whole with a byte more than it needs, or left open until a mark
        if (out[1] === 0x81) out.splice(1, 2, 0x82, 0x00, out[2] ?? 0);
        else if (out[1] === 0x82) out.splice(1, 3, 0x80);
        if (draft.likely(50)) out.push(0, 0);
        break;
      default: {
        // one length, wherever the bytes look like one
        const lengths = out.flatMap((byte, index) =>
          byte === 0x04 || byte === 0x02 || byte >= 0xa0 ? [index + 1] : [],
        );
        const length = random.pick(lengths.length === 0 ? [0] : lengths);
        out[length] = random.pick([
          0,
          1,
          0x80,
          0x81,
          0x84,
          ((out[length] ?? 0) + random.pick([1, 2, 254, 255])) & 0xff,
        ]);
      }
    }
  }
  return out;
}

export function hexOf(bytes: readonly number[]): { readonly hex: string } {
  return { hex: bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('') };
}

function element(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}

function octets(content: readonly number[]): number[] {
  return element(0x04, content);
}

/** Two's complement in the fewest bytes. */
function integer(value: bigint): number[] {
  const content: number[] = [];
  let rest = value;
  for (let more = true; more; ) {
    const byte = Number(rest & 0xffn);
    content.unshift(byte);
    rest >>= 8n;
    more = !((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80));
  }
  return element(0x02, content);
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function noise(draft: Draft, length: number): number[] {
  return Array.from({ length }, () => draft.random.int(256));
}
