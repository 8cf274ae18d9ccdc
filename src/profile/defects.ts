/** Bugs that really happened in TLS stacks, built into the model behind a switch, off unless asked for: one row each. */
import type { Profile } from './profile.js';

export type DefectName =
  | 'add-session-oom-dangling'
  | 'bad-ticket-leak'
  | 'cached-cipher-downgrade'
  | 'early-data-replay'
  | 'eof-taken-as-end'
  | 'evict-callback-after-free'
  | 'evict-the-resuming'
  | 'immortal-renewal'
  | 'renewal-mutates-shared'
  | 'sni-hop-resume'
  | 'stek-expiry-outage'
  | 'ticket-sessions-flood-cache'
  | 'ticket-write-deadlock'
  | 'unevictable-tail'
  | 'zero-ticket-key';

export interface Defect {
  readonly name: DefectName;
  readonly kind: 'stack';
  /** Its number in the catalogue of docs/defects.md. */
  readonly entry: string;
  /** What the stack does wrong, in one sentence. */
  readonly mechanism: string;
  /** What it does instead where the defect is off. */
  readonly repaired: string;
  /** Where it happened, and who told. */
  readonly source: string;
  /** Of those that runs are judged by, the one that ought to catch it. */
  readonly invariant: string;
}

interface Row extends Omit<Defect, 'name' | 'kind'> {
  /** What of every line's profile is as in the versions that had it: the whole of the defect, or a part. */
  readonly profile?: Partial<Profile>;
}

const table: Readonly<Record<DefectName, Row>> = {
  'add-session-oom-dangling': {
    entry: 'M-07',
    mechanism:
      'SSL_CTX_add_session that finds no memory for an entry gives its reference back, and links the session into the list all the same',
    repaired: 'where it fails the session is in neither hash nor list (3.0.19 still links it)',
    source: 'openssl/openssl#28632, #28636: all lines until March 2026',
    invariant: 'cache-lists-what-it-holds',
    profile: { relinksOnReadd: true },
  },
  'bad-ticket-leak': {
    entry: 'M-04',
    mechanism:
      'a server that is offered a ticket whose MAC does not fit skips one release: each such ticket leaves a session behind',
    repaired: 'every exit of the ticket path releases what it took',
    source: 'CVE-2014-3567: OpenSSL 0.9.8g to 0.9.8zb, 1.0.0 before o, 1.0.1 before j',
    invariant: 'no-reference-outlives-holder',
  },
  'cached-cipher-downgrade': {
    entry: 'A-21',
    mechanism:
      'a server whose cached session has a suite that the client does not offer writes another one, that it does, into that session',
    repaired: 'the handshake ends: a resumed session keeps its suite',
    source: 'CVE-2010-4180: OpenSSL before 0.9.8q and 1.0.0c',
    invariant: 'published-session-unchanged',
  },
  'early-data-replay': {
    entry: 'T-08',
    mechanism: 'a ticket that allows early data stays in the cache when it is used, and opens as often as it comes',
    repaired: 'it is taken out of the cache as it is used, and who comes second makes a full handshake',
    source: 'cloudflare/quiche#2678, wolfSSL/wolfssl#10197, h2o/picotls#209',
    invariant: 'early-data-comes-once',
  },
  'eof-taken-as-end': {
    entry: 'S-06',
    mechanism: 'the end of the transport is reported as the end of the stream, whether or not a close_notify came',
    repaired: 'without close_notify it is an error (SSL_ERROR_SYSCALL in 1.1.1, SSL_ERROR_SSL since)',
    source: 'rustls/ktls#74, pyca/pyopenssl#229',
    invariant: 'truncated-is-not-complete',
  },
  'evict-callback-after-free': {
    entry: 'M-06',
    mechanism: 'a session that is evicted is released first, and the remove callback is handed what may be gone',
    repaired: "the callback runs while the cache's reference is still held; the release comes last",
    source: 'openssl/openssl#6222: 1.1.0 and 1.1.1 in development, 2018',
    invariant: 'callback-gets-live-session',
  },
  'evict-the-resuming': {
    entry: 'C-02',
    mechanism:
      'a full cache makes room after a session is in, so that one fetched from outside to be resumed may be the oldest, is evicted and marked, and the server says an empty id',
    repaired: 'room is made before the session is in, and the mark does not empty its id',
    source: 'openssl/openssl#18690, #18905: 3.0 in 2022, found with Postfix',
    invariant: 'handshake-falls-back',
    profile: { emptiesIdOfNotResumable: true },
  },
  'immortal-renewal': {
    entry: 'T-04',
    mechanism: 'a server that resumes a session of TLS 1.2 sets its time to now: its lifetime begins anew',
    repaired: 'the time of a session is that of the handshake that authenticated it, however often it is resumed',
    source: 'nginx before 1.23.2, HAProxy until August 2026, openssl/openssl#31395 (there in TLS 1.3)',
    invariant: 'resumed-within-lifetime',
  },
  'renewal-mutates-shared': {
    entry: 'M-01',
    mechanism:
      'a client that is given a new ticket while it resumes writes it into the session that it was handed, which others may be using',
    repaired: 'the ticket goes into a duplicate, which takes the place of the session on that connection alone',
    source: 'CVE-2015-1791: OpenSSL 1.0.2 before b, 1.0.1 before n, 1.0.0 before s, 0.9.8 before zg',
    invariant: 'published-session-unchanged',
  },
  'sni-hop-resume': {
    entry: 'A-05',
    mechanism:
      'whether a session may be resumed is decided before the host is known that the client asks for: the id context of the host that made it is not compared',
    repaired: 'a session of another id context is refused, and a full handshake asks what that host asks',
    source: 'CVE-2025-23419: nginx before 1.27.4; CVE-2025-23048: Apache httpd 2.4.35 to 2.4.63',
    invariant: 'resumed-where-it-began',
  },
  'stek-expiry-outage': {
    entry: 'T-02',
    mechanism: 'a server that has no key to seal a ticket with ends the handshake',
    repaired: 'it sends no ticket (1.1.1: an empty one), and the handshake goes on',
    source: 'aws/s2n-tls#3040, wolfSSL/wolfssl#10822',
    invariant: 'handshake-falls-back',
  },
  'ticket-sessions-flood-cache': {
    entry: 'C-05',
    mechanism:
      'a server of TLS 1.3 puts into its cache what a ticket holds whole, and what nobody will ever ask it for',
    repaired:
      'it stores a session whose ticket is its id alone, and others only where a remove callback wants to hear of their end',
    source: 'nginx before 1.23.2, BoringSSL before January 2017',
    invariant: 'stored-sessions-can-be-found',
  },
  'ticket-write-deadlock': {
    entry: 'S-03',
    mechanism:
      'the handshake of a server of TLS 1.3 is over only when its tickets have left: until then it reads nothing, and a client that writes without reading waits too',
    repaired: 'it is over when the transport has taken them (a transport with room for neither still stops both)',
    source: 'openssl/openssl#7967, python-trio/trio#819',
    invariant: 'nobody-waits-for-ever',
  },
  'unevictable-tail': {
    entry: 'C-01',
    mechanism:
      'the copy of a session marked not resumable has the mark too and is stored all the same; whoever resumes it empties its id, so that it is never found again: as the oldest it cannot be evicted, and the cache grows',
    repaired:
      'a copy begins without the mark, a marked session is not stored, and the id of a cached one stays (3.x; 1.1.1 has the defect)',
    source: 'CVE-2024-2511: OpenSSL 1.1.1 before y, 3.0 before 14, 3.1 before 6, 3.2 before 2',
    invariant: 'cache-within-bound',
    profile: { respectsNotResumable: false, emptiesIdOfNotResumable: true, duplicateIsResumable: false },
  },
  'zero-ticket-key': {
    entry: 'T-01',
    mechanism: 'until keys are set, tickets are sealed with a key of zeros',
    repaired: 'each context begins with random keys of its own',
    source: 'CVE-2020-13777: GnuTLS 3.6.4 to 3.6.13',
    invariant: 'ticket-keys-are-own',
  },
};

export const defects: readonly Defect[] = Object.entries(table).map(([name, { profile: _, ...row }]) => ({
  name: name as DefectName, // a key of the table
  kind: 'stack',
  ...row,
}));

/** Undefined for a name that is none. */
export function defectOf(name: string): Defect | undefined {
  return defects.find((defect) => defect.name === name);
}

/** A line as it was while it had these defects: the same where there are none. */
export function profileWith(profile: Profile, names: ReadonlySet<DefectName>): Profile {
  return names.size === 0 ? profile : Object.assign({}, profile, ...[...names].map((name) => table[name].profile));
}
