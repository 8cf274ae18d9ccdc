// Programs that read sessions from bytes which are nearly right: an encoding with every field, a certificate among them, of whose
// elements one or two are written in another way, are of another type, are missing or hold what they may not.
import { Randomness } from '../../dist/sim/kernel/index.js';
import { testCredentials } from '../../dist/src/index.js';
import { field, filled, highTag, integer, octets, parsed, places, written } from './elements.mjs';

const readOfProgram = 40;
const views = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_get0_id_context',
  'SSL_SESSION_get_time',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_get_ticket_lifetime_hint',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_get_max_early_data',
  'SSL_SESSION_has_ticket',
];
export const tags = [
  1, 2, 3, 4, 5, 6, 10, 12, 19, 22, 23, 24, 26, 28, 30, 0x30, 0x31, 0x24, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa3,
];
/** Contents that one type or another may not have. */
export const contents = [
  [],
  [0],
  [0x80],
  [0xff],
  [0, 0],
  [0, 0x7f],
  [0, 0x80],
  [0xff, 0xff],
  [0xff, 0x80],
  [0xff, 0x7f],
  [8, 1],
  [0x80, 1],
].concat(
  [
    [0xff, 0, 0],
    [1, 0, 0, 0],
    [0x7f, 0xff, 0xff, 0xff],
    [0x80, 0, 0, 0],
    [0, 0xff, 0xff, 0xff, 0xff],
    [1, 0, 0, 0, 0],
  ],
  [
    filled(8, 0xff),
    filled(9, 0xff),
    [0, ...filled(8, 0xff)],
    [1, ...filled(8, 0)],
    [0x80, ...filled(7, 0)],
    [0x7f, ...filled(7, 0xff)],
  ],
  [
    [0x2a, 0x81],
    [0x2a, 0x80, 1],
    filled(12, 0x31),
    filled(13, 0x31),
    filled(14, 0x31),
    filled(15, 0x31),
    [0x61, 0xc3],
    [0x61, 0, 0x62],
  ],
  [filled(33, 7), filled(49, 7), filled(127, 7), filled(128, 7), filled(257, 7)],
);

export function encodingsProgram(seed, profile) {
  const random = new Randomness(`encodings ${seed}`).stream('encodings');
  const steps = [];
  for (let at = 0; at < readOfProgram; at += 1) {
    const bytes = written(changed(random, session(random)));
    steps.push({ let: `x${at}`, call: 'd2i_SSL_SESSION', args: [{ hex: Buffer.from(bytes).toString('hex') }] });
    for (const call of views) if (random.int(3) === 0) steps.push({ call, args: [`$x${at}`] });
    if (random.int(3) === 0) {
      steps.push({ let: `b${at}`, call: 'i2d_SSL_SESSION', args: [`$x${at}`] });
      if (random.int(2) === 0) steps.push({ call: 'SSL_SESSION_get_protocol_version', args: [`$x${at}`] });
    }
    steps.push({ call: 'SSL_SESSION_free', args: [`$x${at}`] });
  }
  return { format: 'simtls-program/1', name: `encodings ${seed}`, profile, steps };
}

function session(random) {
  const word = (count) => Array.from({ length: count }, () => 0x61 + random.int(26));
  const optional = [
    () => field(2, integer(0x1c, 0x3e)),
    () => field(3, parsed(testCredentials['ec-p256'].chain[0])),
    () => field(4, octets(word(3))),
    () => field(5, integer(random.int(128))),
    () => field(6, octets(word(9))),
    () => field(7, octets(word(2))),
    () => field(8, octets(word(2))),
    () => field(9, integer(1, random.int(256))),
    () => field(10, octets(word(20))),
    () => field(11, octets(word(1))),
    () => field(12, octets(word(2))),
    () => field(13, integer(1)),
    () => field(14, integer(0x11, random.int(256))),
    () => field(15, integer(0x40, 0)),
    () => field(16, octets(word(2))),
    () => field(17, integer(1 + random.int(4))),
    () => field(18, octets(word(4))),
    () => field(19, integer(29)),
    () => field(20, octets(written(publicKey()))),
  ];
  const often = 1 + random.int(3);
  const begin = [integer(1), integer(3, 3), octets([0xc0, 0x2b]), octets(filled(32, 0xe1)), octets(filled(48, 0x6b))];
  // never a time of the present: what is read from the clock is another on each stack
  const some = optional.filter(() => random.int(often) === 0).map((make) => make());
  return { tag: [0x30], children: [...begin, field(1, integer(0x13, 0x88)), ...some] };
}

/** SubjectPublicKeyInfo of the certificate. */
function publicKey() {
  const [body] = parsed(testCredentials['ec-p256'].chain[0]).children;
  return body.children[6];
}

/** With none to two things done to it. */
function changed(random, root) {
  for (let times = random.pick([0, 0, 1, 1, 1, 2]); times > 0; times -= 1) {
    const all = [...places({ children: [root] })];
    const { parent, at } = random.pick(all);
    random.pick(ways)(random, parent, at);
  }
  return root;
}

const ways = [
  (_random, { children }, at) => children.splice(at, 1),
  (_random, { children }, at) => children.splice(at, 0, children[at]),
  (random, { children }, at) => children.splice(at, 0, { tag: [random.pick(tags)], content: random.pick(contents) }),
  (random, { children }, at) => children.push(...children.splice(at, 1 + random.int(2))),
  (random, { children }, at) => children.splice(at, 1, { ...children[at], tag: [random.pick(tags)] }),
  (random, { children }, at) => children.splice(at, 1, { tag: children[at].tag, content: random.pick(contents) }),
  (random, { children }, at) => children.splice(at, 1, { tag: children[at].tag, content: random.pick(contents) }),
  // the same in other words
  (random, { children }, at) => children.splice(at, 1, { ...children[at], length: random.pick([1, 2, 4, 5, 9]) }),
  (_random, { children }, at) => children.splice(at, 1, { ...children[at], length: 'open' }),
  (_random, { children }, at) => children.splice(at, 1, { ...children[at], length: 'never closed' }),
  (random, { children }, at) => children.splice(at, 1, pieces(random, children[at], 1 + random.int(7))),
  (random, { children }, at) => children.splice(at, 1, { ...children[at], length: random.pick(['open', 3]) }),
  (_random, { children }, at) => children.splice(at, 1, { ...children[at], tag: highTag(children[at].tag[0]) }),
  (random, { children }, at) => children.splice(at, 1, { ...children[at], less: 1 + random.int(3) }),
];

/** A string in pieces, each in pieces again, so many levels deep. */
function pieces(random, element, levels) {
  const { tag, content = [] } = element;
  const half = content.length >> 1;
  const parts = [content.slice(0, half), content.slice(half)].map((part) => ({ tag: [tag[0] & 0xdf], content: part }));
  const children = levels <= 1 ? parts : [parts[0], pieces(random, parts[1], levels - 1)];
  return { tag: [tag[0] | 0x20], children, ...(random.int(2) === 0 ? { length: 'open' } : {}) };
}
