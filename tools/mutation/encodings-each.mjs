// Programs that read sessions of which one element is other than it should be: each element in each of the ways that BER leaves open or
// forbids, and in the place where a certificate has any type, values of each type. What is drawn (encodings.mjs) comes to few of them.

import { field, filled, highTag, integer, octets, places, sequence, written } from './elements.mjs';
import { contents, tags } from './encodings.mjs';

const casesOfProgram = 120;

/** The name of each program, and what is read by it: functions that make the bytes. */
const kinds = [
  ['heads', () => [...whole(), ...heads()]],
  ['values', values],
  ['any', () => [...anyOfTag(), ...anyNested()]],
  ['cuts', cuts],
  ['again', again],
];

/** All of them for one line: `{ name, file() }`. */
export function eachEncoding(profile) {
  return kinds.flatMap(([kind, cases]) => {
    const all = cases();
    const count = Math.ceil(all.length / casesOfProgram);
    return Array.from({ length: count }, (_, at) => {
      const name = `encodings each ${kind} ${at}`;
      const some = all.slice(at * casesOfProgram, (at + 1) * casesOfProgram);
      return { name, profile, file: () => programOf(name, profile, some) };
    });
  });
}

function programOf(name, profile, cases) {
  const steps = cases.flatMap((make, at) => [
    { let: `x${at}`, call: 'd2i_SSL_SESSION', args: [{ hex: Buffer.from(make()).toString('hex') }] },
    { call: 'SSL_SESSION_get_timeout', args: [`$x${at}`] },
    ...(name.includes(' again ') ? bytesOf(`x${at}`, `y${at}`) : []),
    { call: 'SSL_SESSION_free', args: [`$x${at}`] },
  ]);
  return { format: 'simtls-program/1', name, profile, steps };
}

/** What is written: of i2d_SSL_SESSION a program sees only that there is something, of a ticket's application data the bytes. */
function bytesOf(session, bytes) {
  return [
    { let: bytes, call: 'i2d_SSL_SESSION', args: [`$${session}`] },
    { call: 'SSL_SESSION_set1_ticket_appdata', args: [`$${session}`, `$${bytes}`] },
    { call: 'SSL_SESSION_get0_ticket_appdata', args: [`$${session}`] },
  ];
}

const oid = () => ({ tag: [6], content: [0x2a, 3] });
const bits = () => ({ tag: [3], content: [0, 0x55] });
const anyValue = () => ({ tag: [5], content: [] });
const algorithm = (parameters = anyValue()) => sequence(oid(), parameters);
const text = () => ({ tag: [12], content: [0x61, 0x62] });
const name = () => sequence({ tag: [0x31], children: [sequence(oid(), text())] });
const time = () => ({ tag: [23], content: filled(13, 0x31) });
const extension = () => sequence(oid(), { tag: [1], content: [0xff] }, octets([1]));

/** As small as one with every field can be (RFC 5280 §4.1). */
function certificate(parameters) {
  const fields = [field(0, integer(2)), integer(7), algorithm(parameters), name(), sequence(time(), time()), name()];
  const unique = [1, 2].map((number) => ({ tag: [0x80 + number], content: [0, 0x55] }));
  const body = sequence(...fields, sequence(algorithm(), bits()), ...unique, field(3, sequence(extension())));
  return sequence(body, algorithm(), bits());
}

/** Without a certificate: what stands around it is made of strings and integers alone. */
function plain() {
  return session([4, 5, 6, 19]);
}

function certified(parameters) {
  return session([3], certificate(parameters));
}

/** Its time is never one of the present: what is read from the clock is another on each stack. */
const usual = new Map([
  [1, () => integer(0x13, 0x88)],
  [2, () => integer(0x0e, 0x10)],
  [5, () => integer(5)],
  [19, () => integer(19)],
]);

/** With times and these fields; the last of them is `made`, if that is given. */
function session(fields, made) {
  const begin = [integer(1), integer(3, 3), octets([0xc0, 0x2b]), octets([0xe1, 0xe2]), octets(filled(48, 0x6b))];
  const last = fields.at(-1);
  const content = (number) => {
    if (number === last && made !== undefined) return made;
    return usual.get(number)?.() ?? octets([0x61, number]);
  };
  const all = [...new Set([1, 2, ...fields])].sort((a, b) => a - b);
  return sequence(...begin, { tag: [0x80], content: [1] }, ...all.map((number) => field(number, content(number))));
}

const sessions = [plain, certified];

function whole() {
  return sessions.map((make) => () => written(make()));
}

/** Each element of each session, changed by each of the ways; what the ways do not apply to is left out. */
function changed(makes, ways) {
  return makes.flatMap((make) => {
    const count = [...places({ children: [make()] })].length;
    return Array.from({ length: count }, (_, at) => at).flatMap((at) =>
      ways.flatMap((way) => {
        const root = { children: [make()] };
        const place = [...places(root)][at];
        const element = place.parent.children[place.at];
        const instead = way(element);
        if (instead === undefined) return [];
        place.parent.children.splice(place.at, 1, ...instead);
        return [() => root.children.flatMap(written)];
      }),
    );
  });
}

/** What stands before the content: the class, whether there is something in it, the tag, and the length. */
function heads() {
  const tag = (change) => (element) => [{ ...element, tag: [change(element.tag[0])] }];
  return changed(sessions, [
    tag((byte) => byte ^ 0x40),
    tag((byte) => byte ^ 0x80),
    tag((byte) => byte ^ 0xc0),
    tag((byte) => byte ^ 0x20),
    tag((byte) => byte ^ 1),
    tag((byte) => byte | 0x1f),
    (element) => [{ ...element, tag: highTag(element.tag[0]) }],
    ...[1, 4, 5, 9, 'open', 'never closed'].map((length) => (element) => [{ ...element, length }]),
    () => [],
    (element) => [element, element],
    (element) => [element, { tag: [0], content: [] }],
    (element) => [{ ...element, less: 1 }],
    (element) => [{ ...element, less: 2 }],
    ({ children, ...element }) => children && [{ ...element, children: [...children, { tag: [0], content: [] }] }],
    ({ tag: [byte], content }) => content && [pieces(byte, content, 1)],
    ({ tag: [byte], content }) => content && [{ ...pieces(byte, content, 5), length: 'open' }],
    ({ tag: [byte], content }) => content && [pieces(byte, content, 6)],
  ]);
}

/** A string in two pieces, the second in two again, so many levels deep. */
function pieces(byte, content, levels) {
  const half = content.length >> 1;
  const first = { tag: [byte & 0xdf], content: content.slice(0, half) };
  const rest = content.slice(half);
  const second = levels === 1 ? { ...first, content: rest } : pieces(byte, rest, levels - 1);
  return { tag: [byte | 0x20], children: [first, second] };
}

/** What it holds is what its type may not have, or may just have. */
function values() {
  const ways = contents.map((bytes) => (element) => element.content && [{ tag: element.tag, content: bytes }]);
  const times = [23, 24].flatMap((tag) =>
    [12, 13, 14, 15].map(
      (count) => (element) => element.tag[0] === 23 && [{ tag: [tag], content: filled(count, 0x31) }],
    ),
  );
  const names = [...tags, 7].flatMap((tag) =>
    [
      [0x61, 0x62],
      [0x61, 0xc3],
    ].map((content) => (element) => element.tag[0] === 12 && [{ tag: [tag], content }]),
  );
  const numbers = [
    [0x81, 0x80, 1],
    [0x81, 0x80, 0x80, 1],
  ].map((arcs) => (element) => element.tag[0] === 6 && [{ tag: [6], content: [0x2a, ...arcs] }]);
  const all = [...ways, ...times, ...names, ...numbers].map((way) => (element) => way(element) || undefined);
  return [...changed([certified], all), ...integers()];
}

/** In each type of C's, and of text that is none. */
function integers() {
  const long = [
    [0xff, ...filled(8, 0)],
    [0xff, 1, ...filled(7, 0)],
    [0x80, ...filled(8, 0)],
    [0x80, ...filled(9, 0)],
  ];
  return [1, 5, 9, 19].flatMap((number) =>
    [...contents, ...long].map((bytes) => () => written(session([number], integer(...bytes)))),
  );
}

/** Where any type may come: those that are known with contents of all kinds, also marked as having something in them. */
function anyOfTag() {
  const known = [1, 2, 3, 5, 6, 10, 12, 16, 17, 19, 23, 24, 28, 30, 0x84, 0x45, 0xdf];
  return known.flatMap((tag) =>
    contents.flatMap((bytes) =>
      [tag, tag ^ 0x20].map((byte) => () => written(certified({ tag: [byte], content: bytes }))),
    ),
  );
}

/** What is in it is not looked at; where no length says it, its end is. And tags of many bytes, of which the largest are none. */
function anyNested() {
  const end = [0, 0];
  const open = (...inner) => [0x30, 0x80, ...inner];
  const some = [0x02, 0x02, 0x80, 0x80];
  const raw = [
    open(...end),
    open(...some, ...end),
    open(...open(...end), ...end),
    open(...open(...some, ...end), ...some, ...end),
    open(...open(...open(...end), ...end), ...end),
    open(...open(...end)),
    open(...some),
    open(0, 1),
    open(0),
    open(0x02, 0x02, 0, 0),
    open(0x30, 0x02, 0, 0, ...end),
    open(0x30, 0x02, 0x05, 0, ...end),
    open(0x30, 0x02, 0x05, 7, ...end),
    open(0x24, 0x80, 0x04, 0, ...end, ...end),
    open(0x04, 0x80, ...end, ...end),
    [0xa7, 0x80, ...open(...end), ...end],
    [0xa7, 0x80, ...end],
    [0x31, 0x80, ...some, ...end],
    [0x24, 0x80, 0x04, 1, 9, ...end],
    [0x10, 0x80, ...end],
    end,
    [0, 1, 0],
    [0x20, 0],
    [0x20, 0x80, ...end],
    [0x40, 0],
    [0x80, 0],
    [0xa0, 0x80, ...end],
    [0x10, 0],
    [0x11, 0],
    [0x30, 0x81, 0],
    [0x1f, 0x05, 0],
    [0x1f, 0x80, 0x05, 0],
    [0x1f, 0x1f, 0],
    [0x3f, 0x10, 0],
    [0x9f, 0x1f, 0],
    [0x9f, 0x81, 0, 0],
    [0x9f, 0x87, 0xff, 0xff, 0x7f, 0],
    [0x9f, 0x87, 0xff, 0xff, 0xff, 0x7f, 0],
    [0x9f, 0x88, 0x80, 0x80, 0x80, 0x00, 0],
    [0x9f, 0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0],
    [0x9f, 0x88, 0x80, 0x80, 0x81, 0x00, 0],
    [0x9f, 0x88, 0x80, 0x80, 0x80, 0x81, 0x00, 0],
    [0x9f, 0x8f, 0xff, 0xff, 0xff, 0x7f, 0],
    [0x9f, 0x8f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
    [0x9f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
  ];
  return raw.map((bytes) => () => written(certified({ raw: bytes })));
}

/** What is read and then written: numbers of each size, fields alone and all together, strings of lengths that are written in other ways. */
function again() {
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((count) => [
    [1, ...filled(count - 1, 0)],
    [1, ...filled(count - 1, 0xff)],
    [0x7f, ...filled(count - 1, 0xff)],
    [0, 0x80, ...filled(count - 1, 0)],
    [0, 0x80, ...filled(count - 1, 1)],
    [0x80, ...filled(count - 1, 0)],
    [0x80, ...filled(count - 1, 1)],
    [0xff, 0x7f, ...filled(count - 1, 0xff)],
    [0xff, 0x7e, ...filled(count - 1, 0)],
  ]);
  const edges = [
    [0x1f, ...filled(6, 0xff)],
    [0x20, ...filled(6, 0)],
    [0x20, ...filled(5, 0), 1],
    [0xe0, ...filled(5, 0), 1],
    [0xe0, ...filled(6, 0)],
    [0xdf, ...filled(6, 0xff)],
  ];
  const numbers = [1, 2, 5, 9].flatMap((number) =>
    [...sizes, ...edges].map((bytes) => () => written(session([number], integer(...bytes)))),
  );
  const strings = [4, 6, 10].flatMap((number) =>
    [...[0, 1, 32, 127, 128, 255, 256, 700].map((count) => filled(count, 0x61)), [0, 0x62], [0x61, 0, 0x62]].map(
      (bytes) => () => written(session([number], octets(bytes))),
    ),
  );
  return [...numbers, ...strings, ...whole(), () => written(session([]))];
}

/** The whole, ended at each byte; and with something behind it. */
function cuts() {
  return sessions.flatMap((make) => {
    const bytes = written(make());
    const ends = Array.from({ length: bytes.length }, (_, at) => () => bytes.slice(0, at));
    return [...ends, () => [...bytes, 0], () => [...bytes, 0x30]];
  });
}
