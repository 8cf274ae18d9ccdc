/**
 * Cipher lists up to TLS 1.2, as SSL_CTX_set_cipher_list(3) takes them and ssl/ssl_ciph.c reads them: a rule after the other moves
 * suites of the default order into the list, to its end, out of it, or out of it for good.
 */
import { type ListedSuite, listedSuites, NeedsUnknownCiphers } from '../handshake/index.js';

type Trait = (suite: ListedSuite) => boolean;

const bits = ({ records }: ListedSuite): number => (records.cipher.includes('128') ? 128 : 256);
const minVersion = ({ keyExchange, records }: ListedSuite): string => {
  if (records.form === 'aead' || records.mac !== 'sha1') return 'TLSv1.2';
  return keyExchange === 'ecdhe' ? 'TLSv1' : 'SSLv3';
};
const hasMac =
  (mac: string): Trait =>
  ({ records }) =>
    records.form === 'block' && records.mac === mac;
const isAes: Trait = ({ records }) => records.cipher.startsWith('aes');
const isGcm: Trait = (suite) => isAes(suite) && suite.records.form === 'aead';
const isEcdhe: Trait = ({ keyExchange }) => keyExchange === 'ecdhe';
const isDhe: Trait = ({ keyExchange }) => keyExchange === 'dhe';
const isEcdsa: Trait = ({ authentication }) => authentication === 'ecdsa';
const isRsa: Trait = ({ keyExchange }) => keyExchange === 'rsa';
const isOf =
  (version: string): Trait =>
  (suite) =>
    minVersion(suite) === version;
const every: Trait = () => true;
const noneOfOurs: Trait = () => false;

/** Words that stand for several suites. Most stand for suites besides that this stack does not speak. */
const words: ReadonlyMap<string, Trait> = new Map<string, Trait>([
  ...['ALL', 'HIGH'].map((word) => [word, every] as const),
  ...['ECDHE', 'EECDH', 'kECDHE', 'kEECDH'].map((word) => [word, isEcdhe] as const),
  ...['DH', 'DHE', 'EDH', 'kDHE', 'kEDH'].map((word) => [word, isDhe] as const),
  ...['ECDSA', 'aECDSA'].map((word) => [word, isEcdsa] as const),
  ...['RSA', 'kRSA'].map((word) => [word, isRsa] as const),
  ['aRSA', ({ authentication }) => authentication === 'rsa'],
  ['AES', isAes],
  ['AES128', (suite) => isAes(suite) && bits(suite) === 128],
  ['AES256', (suite) => isAes(suite) && bits(suite) === 256],
  ['AESGCM', isGcm],
  ['CHACHA20', ({ records }) => records.cipher === 'chacha20-poly1305'],
  ...['SHA', 'SHA1'].map((word) => [word, hasMac('sha1')] as const),
  ['SHA256', hasMac('sha256')],
  ['SHA384', hasMac('sha384')],
  ...['TLSv1', 'TLSv1.0'].map((word) => [word, isOf('TLSv1')] as const),
  ['TLSv1.2', isOf('TLSv1.2')],
  ['SSLv3', isOf('SSLv3')],
  ...[
    ...['aNULL', 'eNULL', 'NULL', 'ADH', 'AECDH', 'aDSS', 'DSS'],
    ...['PSK', 'kPSK', 'kECDHEPSK', 'kDHEPSK', 'kRSAPSK', 'aPSK', 'SRP', 'kSRP', 'aSRP', 'AESCCM', 'AESCCM8', 'ARIA'],
    ...['ARIA128', 'ARIA256', 'ARIAGCM', 'CAMELLIA', 'CAMELLIA128', 'CAMELLIA256', '3DES', 'DES', 'RC4', 'RC2', 'SEED'],
    ...['IDEA', 'MD5', 'LOW', 'MEDIUM', 'EXP', 'EXPORT', 'COMPLEMENTOFALL', 'COMPLEMENTOFDEFAULT'],
  ].map((word) => [word, noneOfOurs] as const),
]);

/** Words for suites of AES-CCM, and of ARIA: alone or with others of the same list, since what `A+B` brings both have. */
const general = [
  'ALL',
  'HIGH',
  'TLSv1.2',
  'ECDHE',
  'EECDH',
  'kECDHE',
  'kEECDH',
  'ECDSA',
  'aECDSA',
  'RSA',
  'kRSA',
  'aRSA',
];
const wordsOfCcm: ReadonlySet<string> = new Set([...general, 'AES', 'AES128', 'AES256']);
const wordsOfAria: ReadonlySet<string> = new Set(general);
const wordsOfThemAlone: ReadonlySet<string> = new Set(['AESCCM', 'AESCCM8', 'ARIA', 'ARIA128', 'ARIA256', 'ARIAGCM']);
const allOfCcm: ReadonlySet<string> = new Set(['ALL', 'HIGH', 'TLSv1.2', 'AES', 'AESCCM']);
const allOfAria: ReadonlySet<string> = new Set(['ALL', 'HIGH', 'TLSv1.2', 'ARIA', 'ARIAGCM']);

const separators = ':;, ';
const ruleCharacter = /[A-Za-z0-9\-.=_]/;

type Rule = 'add' | 'delete' | 'kill' | 'order';
const rules: Readonly<Record<string, Rule>> = { '-': 'delete', '!': 'kill', '+': 'order' };

/** What a string of rules gives. */
export interface CipherList {
  /** Code points, preferred first. */
  readonly codes: readonly number[];
  /** What OpenSSL stops at, with the list as it was. */
  readonly isValid: boolean;
}

/**
 * Reads a string of rules.
 * @throws NeedsUnknownCiphers where suites would be asked for that this stack does not speak, or that it cannot tell apart from none
 */
export function readCipherList(text: string): CipherList {
  const list = new Ordered();
  let at = 0;
  if (text.startsWith('DEFAULT')) {
    list.apply('add', every);
    list.mayHoldOthers = true;
    at = text[7] === ':' ? 8 : 7;
  }
  while (at < text.length) {
    if (separators.includes(text[at] ?? '')) {
      at += 1;
      continue;
    }
    if (text[at] === '@') {
      const name = word(text, at + 1);
      if (name !== 'STRENGTH') throw new NeedsUnknownCiphers(`@${name}`);
      list.sortByStrength();
      at = next(text, at);
      continue;
    }
    const rule = rules[text[at] ?? ''] ?? 'add';
    if (rule !== 'add') at += 1;
    const end = next(text, at);
    const names = text.slice(at, end).split('+');
    if (names.some((name) => name === '' || word(name, 0) !== name)) return { codes: [], isValid: false };
    const traits = names.map((name) => traitOf(name));
    if (rule === 'add' && names.every((name) => words.has(name))) list.mayHoldOthers = true;
    list.others.apply(rule, names);
    if (!traits.includes(undefined)) list.apply(rule, (suite) => traits.every((trait) => trait?.(suite) === true));
    at = end;
  }
  const { codes } = list;
  if (list.mayHoldOthers && (codes.length === 0 || list.mayPreferOthers)) throw new NeedsUnknownCiphers(text);
  return { codes, isValid: true };
}

/** A word or a suite's name; undefined for what OpenSSL passes over. */
function traitOf(name: string): Trait | undefined {
  const trait = words.get(name);
  if (trait !== undefined) return trait;
  const suite = listedSuites.find(({ opensslName }) => opensslName === name);
  if (suite !== undefined) return (one) => one === suite;
  // The names of suites have hyphens, those of the registry begin so: what has neither is known to nobody.
  if (name.includes('-') || name.startsWith('TLS_')) throw new NeedsUnknownCiphers(name);
  return undefined;
}

function word(text: string, from: number): string {
  let end = from;
  while (ruleCharacter.test(text[end] ?? '')) end += 1;
  return text.slice(from, end);
}

function next(text: string, from: number): number {
  let end = from;
  while (end < text.length && !separators.includes(text[end] ?? '')) end += 1;
  return end;
}

/** The AEADs of TLS 1.2 that this stack does not speak: whether a list may hold some. `DEFAULT` has none of them. */
class OtherAeads {
  #ccm = false;
  #aria = false;

  get mayBeIn(): boolean {
    return this.#ccm || this.#aria;
  }

  apply(rule: Rule, names: readonly string[]): void {
    if (rule === 'add') {
      if (names.some((name) => wordsOfThemAlone.has(name))) throw new NeedsUnknownCiphers(names.join('+'));
      this.#ccm ||= names.every((name) => wordsOfCcm.has(name));
      this.#aria ||= names.every((name) => wordsOfAria.has(name));
    } else if (rule !== 'order') {
      this.#ccm &&= !names.every((name) => allOfCcm.has(name));
      this.#aria &&= !names.every((name) => allOfAria.has(name));
    }
  }
}

/** The list while it comes to be: every suite that is not killed, in order, those that are in it marked. */
class Ordered {
  #suites: { readonly suite: ListedSuite; active: boolean }[] = listedSuites.map((suite) => ({ suite, active: false }));
  /** A word was added, which may have brought suites that this stack does not speak. */
  mayHoldOthers = false;
  /** Those of them that come right behind GCM in the default order, where two lists without GCM would agree on them. */
  readonly others: OtherAeads = new OtherAeads();
  #gcmIsLast = false;

  /** A word that brings them brings GCM before them; nothing may have moved or taken it away since. */
  get mayPreferOthers(): boolean {
    const hasGcm = this.#suites.some(({ suite, active }) => active && isGcm(suite));
    return this.others.mayBeIn && (!hasGcm || this.#gcmIsLast);
  }

  get codes(): readonly number[] {
    return this.#suites.filter(({ active }) => active).map(({ suite }) => suite.code);
  }

  apply(rule: Rule, trait: Trait): void {
    if (rule === 'order' && this.#suites.some(({ suite }) => isGcm(suite) && trait(suite))) this.#gcmIsLast = true;
    const wanted = this.#suites.filter(
      (one) => trait(one.suite) && one.active === (rule === 'order' || rule === 'delete'),
    );
    if (rule === 'kill') {
      this.#suites = this.#suites.filter(({ suite }) => !trait(suite));
      return;
    }
    const others = this.#suites.filter((one) => !wanted.includes(one));
    for (const one of wanted) one.active = rule !== 'delete';
    this.#suites = rule === 'delete' ? [...wanted, ...others] : [...others, ...wanted];
  }

  /** The strongest first, of one strength in the order that they have. */
  sortByStrength(): void {
    const gcmIsLast = this.#gcmIsLast; // they stay before those of their strength
    for (const wanted of [256, 128]) this.apply('order', (suite) => bits(suite) === wanted);
    this.#gcmIsLast = gcmIsLast;
  }
}
