// Programs whose client comes with a ticket that was made here: sealed with the server's keys as it should be, damaged at each of its parts,
// too short, or with bytes in it that are no session, or more than one.
import { createCipheriv, createHmac } from 'node:crypto';
import { field, filled, integer, octets, sequence, written } from './elements.mjs';

const casesOfProgram = 16;
const keyName = filled(16, 0x6e);
const hmacKey = filled(32, 0x68);
const aesKey = filled(32, 0x61);
const iv = filled(16, 0x69);
const masterKey = filled(48, 0x6b);

/** All of them for one line: `{ name, profile, crypto, file() }`. What is fast opens nothing that was sealed elsewhere. */
export function ticketPrograms(profile) {
  const tls = profile === '3.0' ? '1.3' : '1.2';
  const all = tickets(tls);
  return Array.from({ length: Math.ceil(all.length / casesOfProgram) }, (_, at) => {
    const name = `tickets ${tls} ${at}`;
    const some = all.slice(at * casesOfProgram, (at + 1) * casesOfProgram);
    return { name, profile, crypto: 'real', file: () => programOf(name, profile, tls, some) };
  });
}

function programOf(name, profile, tls, some) {
  const version = `TLS1_${tls.at(-1)}_VERSION`;
  const steps = [
    { let: 'cc', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
    { let: 'sc', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
    { call: 'sim_use_certificate', args: ['$sc'] },
    { call: 'SSL_CTX_set_max_proto_version', args: ['$sc', version] },
    { call: 'SSL_CTX_set_tlsext_ticket_keys', args: ['$sc', { hex: hex([...keyName, ...hmacKey, ...aesKey]) }] },
    ...some.flatMap((ticket, at) => [
      { let: `x${at}`, call: 'd2i_SSL_SESSION', args: [{ hex: hex(session(tls, field(10, octets(ticket)))) }] },
      { call: 'SSL_SESSION_set_time', args: [`$x${at}`, { now: -9 }] }, // a client of TLS 1.3 says how old it is
      { let: `c${at}`, call: 'SSL_new', args: ['$cc'] },
      { let: `s${at}`, call: 'SSL_new', args: ['$sc'] },
      { call: 'sim_pair', args: [`$c${at}`, `$s${at}`] },
      { call: 'SSL_set_session', args: [`$c${at}`, `$x${at}`] },
      { call: 'sim_handshake', args: [`$c${at}`, `$s${at}`] },
      ...['c', 's', 'x'].map((one) => ({
        call: one === 'x' ? 'SSL_SESSION_free' : 'SSL_free',
        args: [`$${one}${at}`],
      })),
    ]),
  ];
  return { format: 'simtls-program/1', name, profile, steps };
}

/** Of a time so long ago, and for so long, that every clock is within. */
function session(tls, ...more) {
  const suite = tls === '1.3' ? [0x13, 0x02] : [0xc0, 0x2b];
  const fixed = [
    integer(1),
    integer(3, tls === '1.3' ? 4 : 3),
    octets(suite),
    octets(filled(32, 0xe1)),
    octets(masterKey),
  ];
  const times = [field(1, integer(0x3b, 0x9a, 0xca, 0)), field(2, integer(0x7f, 0xff, 0xff, 0xff))];
  const numbers = [field(9, integer(0x7f, 0xff, 0xff, 0xff)), field(13, integer(1))]; // the hint, and the extended master secret
  const all = [...times, ...numbers, ...more].sort((a, b) => a.tag[0] - b.tag[0]);
  return written(sequence(...fixed, ...all));
}

function tickets(tls) {
  const good = session(tls);
  const whole = sealed(good);
  const flipped = Array.from({ length: whole.length }, (_, at) => at)
    .filter((at) => at % 8 === 0 || at === whole.length - 1)
    .map((at) => whole.with(at, whole[at] ^ 1));
  const short = [1, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 79, 80, whole.length - 1].map((count) =>
    whole.slice(0, count),
  );
  const contents = [
    [...good, 0],
    [...good, ...good],
    good.slice(0, -1),
    good.slice(0, 20),
    [],
    [0x30],
    [0x04, 0],
    good.with(indexOf(good, [2, 1, 1]) + 2, 2), //        another structure
    good.with(indexOf(good, [2, 2, 3]) + 2, 9), //        another protocol
    good.with(indexOf(good, [4, 2]) + 2, 0x77), //        an unknown suite
    session(tls, field(4, octets(filled(33, 7)))), //     an id context that is too long
  ];
  const unpadded = [good.slice(0, 16), [...good, ...filled(16 - (good.length % 16), 0)], good.slice(0, 17)];
  return [
    whole,
    renamed(whole),
    ...flipped,
    ...short,
    ...short.map((ticket) => [...filled(16, 0x78), ...ticket.slice(16)].slice(0, ticket.length)),
    ...contents.map((bytes) => sealed(bytes)),
    ...unpadded.map((bytes) => sealed(bytes, { padded: false })),
    maced([...keyName, ...iv]),
    maced([...keyName, ...iv, ...filled(8, 1)]),
  ];
}

/** RFC 5077 §4, as OpenSSL has it: the name of the keys, IV, AES-256-CBC, HMAC-SHA256 of all that. */
function sealed(content, { padded } = { padded: true }) {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(aesKey), Buffer.from(iv)).setAutoPadding(padded);
  const whole = padded ? content : content.slice(0, content.length - (content.length % 16));
  const body = Buffer.concat([cipher.update(Buffer.from(whole)), cipher.final()]);
  return maced([...keyName, ...iv, ...body, ...content.slice(whole.length)]);
}

/** Under another name, all the rest as it should be. */
function renamed(ticket) {
  return maced([...filled(16, 0x78), ...ticket.slice(16, -32)]);
}

function maced(bytes) {
  return [...bytes, ...createHmac('sha256', Buffer.from(hmacKey)).update(Buffer.from(bytes)).digest()];
}

function indexOf(bytes, part) {
  return bytes.findIndex((_, at) => part.every((byte, behind) => bytes[at + behind] === byte));
}

function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
