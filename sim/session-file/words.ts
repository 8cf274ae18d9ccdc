/** A session in words: the lines of `openssl sess_id -text`, and what that leaves out. */
import { cipherSuites, cipherSuitesOfTls13, type Libssl, libssl, profileNames } from 'simtls';
import type { SessionFields } from './fields.js';

export interface WordsOptions {
  /** Shows the master secret, by which whoever has it reads and resumes. */
  readonly secrets: boolean;
}

const protocolNames: Readonly<Record<number, string>> = {
  [0x0300]: 'SSLv3',
  [0x0301]: 'TLSv1',
  [0x0302]: 'TLSv1.1',
  [0x0303]: 'TLSv1.2',
  [0x0304]: 'TLSv1.3',
  [0xfeff]: 'DTLSv1',
  [0xfefd]: 'DTLSv1.2',
};
const tls13 = 0x0304;
const extendedMasterSecretFlag = 1n; // SSL_SESS_FLAG_EXTMS
const keyNameBytes = 16;

/** Lines without their ends. */
export function sessionWords(fields: SessionFields, der: Uint8Array, { secrets }: WordsOptions): readonly string[] {
  const { version, masterKey, numbers, octets, peer } = fields;
  const is13 = version === tls13;
  const number = (name: Parameters<typeof numbers.get>[0]): bigint => numbers.get(name) ?? 0n;
  const text = (name: Parameters<typeof octets.get>[0]): string => textOf(octets.get(name));
  const key = secrets ? upperHex(masterKey) : `${masterKey.length} bytes, a secret (--secrets shows it)`;
  const hint = number('ticketLifetimeHint');
  const time = number('time');
  return [
    'SSL-Session:',
    `    Protocol  : ${protocolNames[version] ?? `0x${version.toString(16)}`}`,
    `    Cipher    : ${suiteName(fields.cipher)}`,
    `    Session-ID: ${upperHex(fields.sessionId)}`,
    `    Session-ID-ctx: ${upperHex(octets.get('sessionIdContext') ?? new Uint8Array())}`,
    `    ${is13 ? 'Resumption PSK' : 'Master-Key'}: ${key}`,
    `    PSK identity: ${text('pskIdentity')}`,
    `    PSK identity hint: ${text('pskIdentityHint')}`,
    `    SRP username: ${text('srpUsername')}`,
    ...(hint === 0n ? [] : [`    TLS session ticket lifetime hint: ${hint} (seconds)`]),
    ...ticketLines(octets.get('ticket')),
    ...(time === 0n ? [] : [`    Start Time: ${time}${dated(time)}`]),
    ...(number('timeout') === 0n ? [] : [`    Timeout   : ${number('timeout')} (sec)`]),
    `    Verify return code: ${number('verifyResult')}${number('verifyResult') === 0n ? ' (ok)' : ''}`,
    `    Extended master secret: ${(number('flags') & extendedMasterSecretFlag) === 0n ? 'no' : 'yes'}`,
    ...(is13 ? [`    Max Early Data: ${number('maxEarlyData')}`] : []),
    ...given('Server name', octets.get('hostname'), textOf),
    ...given('ALPN', octets.get('alpn'), textOf),
    ...given('Ticket age add', numbers.get('ticketAgeAdd'), String),
    ...given('Max fragment length', numbers.get('maxFragmentLength'), String),
    ...given('Ticket application data', octets.get('ticketAppData'), lengthOf),
    ...given(
      'Key exchange group',
      numbers.get('keyExchangeGroup'),
      (group) => `0x${group.toString(16).padStart(4, '0')}`,
    ),
    ...given('Peer certificate', peer, lengthOf),
    ...given('Peer raw public key', octets.get('peerRawPublicKey'), lengthOf),
    ...profileNames.map((profile) => `    OpenSSL ${profile}: ${takenBy(libssl({ profile, seed: '1' }), der)}`),
  ];
}

/** What libssl makes of the bytes: the model of that line. */
function takenBy(library: Libssl, der: Uint8Array): string {
  const session = library.d2i_SSL_SESSION(der);
  if (session === null) {
    const reasons = library.takeErrors().join(': ');
    return `d2i_SSL_SESSION refuses it${reasons === '' ? '' : ` (${reasons})`}`;
  }
  const resumable = library.SSL_SESSION_is_resumable(session) === 1;
  library.SSL_SESSION_free(session);
  return resumable ? 'reads it, and could resume it' : 'reads it, and cannot resume it: it has neither id nor ticket';
}

function given<T>(name: string, value: T | undefined, told: (value: T) => string): readonly string[] {
  return value === undefined ? [] : [`    ${name}: ${told(value)}`];
}

function ticketLines(ticket: Uint8Array | undefined): readonly string[] {
  if (ticket === undefined) return [];
  const name = upperHex(ticket.subarray(0, keyNameBytes));
  return [`    TLS session ticket: ${ticket.length} bytes, of the key ${name} if OpenSSL made it`];
}

function suiteName(code: Uint8Array): string {
  const value = ((code[0] ?? 0) << 8) | (code[1] ?? 0);
  const known =
    cipherSuitesOfTls13.find((one) => one.code === value)?.name ??
    cipherSuites.find((one) => one.code === value)?.opensslName;
  return known ?? `0x${Buffer.from(code).toString('hex')}`;
}

/** What could move the cursor of a terminal is not printed. */
function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return 'None';
  const text = Buffer.from(bytes).toString('latin1');
  return /^[\x20-\x7e]*$/u.test(text) ? text : `${upperHex(bytes)} (hex)`;
}

function lengthOf(bytes: Uint8Array): string {
  return `${bytes.length} bytes`;
}

function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

const secondsADay = 86_400n;
/** Seconds of the year 9999's end: later times are not told as dates. */
const datedMax = 253_402_300_799n;

/** In the Gregorian calendar, UTC: days are counted from the March of the year 0, so that leap days come last in their years. */
function dated(seconds: bigint): string {
  if (seconds < 0n || seconds > datedMax) return '';
  const day = Number(seconds / secondsADay) + 719_468;
  const era = Math.floor(day / 146_097);
  const dayOfEra = day - era * 146_097;
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const date = [year + era * 400 + (month > 9 ? 1 : 0), ((month + 2) % 12) + 1, dayOfMonth].map(twoDigits).join('-');
  const left = Number(seconds % secondsADay);
  const time = [Math.floor(left / 3_600), Math.floor(left / 60) % 60, left % 60].map(twoDigits).join(':');
  return ` (${date} ${time} UTC)`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
