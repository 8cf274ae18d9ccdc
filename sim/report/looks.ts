/**
 * Looks into the objects of the model while a run goes on: what no event tells (the order of a cache, flags, states). Nothing of it is in the
 * trace. After each event the objects that it names are looked at, around a step all of its process.
 */
import type { Counted, Ssl, SslCtx, SslSession } from 'simtls';
import type { TraceEvent } from '../trace/index.js';
import type { ObjectMade } from '../world/index.js';
import type { Strings } from './strings.js';
import { Varints } from './varints.js';

/** Processes of more living objects are looked at by what their events name alone. */
const allLookedAtMax = 48;
/** Sessions of a cache that are named, from the head of its list. */
const cachedNamedMax = 40;
/** No more is looked at once there is so much of it: characters of values, and values. */
const charactersMax = 16_000_000;
const valuesMax = 2_000_000;

interface Looked {
  readonly object: Counted;
  readonly seen: Map<string, string>;
}

export class Looks {
  readonly #strings: Strings;
  readonly #at = new Varints();
  readonly #object = new Varints();
  readonly #field = new Varints();
  readonly #value = new Varints();
  /** By host: what lives in the process that runs now. */
  readonly #living = new Map<string, Map<number, Looked>>();
  readonly #touched = new Map<string, Set<number>>();
  #lastAt = 0;
  #values = 0;
  /** The event at which it was enough; undefined: everything was looked at. */
  enoughAt: number | undefined;

  constructor(strings: Strings) {
    this.#strings = strings;
  }

  /** An object came to be. */
  made({ host, object }: ObjectMade): void {
    this.#of(host).set(object.id, { object, seen: new Map() });
  }

  happened(event: TraceEvent): void {
    if (this.enoughAt !== undefined || event.host === '') return;
    const living = this.#living.get(event.host);
    if (event.kind === 'process') living?.clear();
    if (living === undefined || living.size === 0) return;
    if (this.#values > valuesMax || this.#strings.characters > charactersMax) {
      this.enoughAt = event.n;
      return;
    }
    const named = namedBy(event);
    if (event.kind === 'step' || event.kind === 'decision') this.#lookAround(event, living);
    else {
      const touched = this.#touchedOf(event.host);
      for (const id of named) touched.add(id);
    }
    for (const id of named) this.#look(event.n, living.get(id));
    if (event.kind === 'freed') living.delete(event.object);
  }

  sections(): readonly (readonly ['lookAt' | 'lookObject' | 'lookField' | 'lookValue', Uint8Array])[] {
    return [
      ['lookAt', this.#at.bytes],
      ['lookObject', this.#object.bytes],
      ['lookField', this.#field.bytes],
      ['lookValue', this.#value.bytes],
    ];
  }

  #lookAround({ n, host }: TraceEvent, living: ReadonlyMap<number, Looked>): void {
    const touched = this.#touchedOf(host);
    const ids = living.size <= allLookedAtMax ? living.keys() : touched;
    for (const id of ids) this.#look(n, living.get(id));
    touched.clear();
  }

  #look(at: number, looked: Looked | undefined): void {
    if (looked === undefined || !looked.object.alive) return;
    const { object, seen } = looked;
    for (const [field, value] of fieldsOf(object)) {
      if (seen.get(field) === value) continue;
      seen.set(field, value);
      this.#values += 1;
      this.#at.push(at - this.#lastAt);
      this.#object.push(object.id);
      this.#field.push(this.#strings.of(field));
      this.#value.push(this.#strings.of(value));
      this.#lastAt = at;
    }
  }

  #of(host: string): Map<number, Looked> {
    const known = this.#living.get(host);
    if (known !== undefined) return known;
    const made = new Map<number, Looked>();
    this.#living.set(host, made);
    return made;
  }

  #touchedOf(host: string): Set<number> {
    const known = this.#touched.get(host);
    if (known !== undefined) return known;
    const made = new Set<number>();
    this.#touched.set(host, made);
    return made;
  }
}

function namedBy(event: TraceEvent): readonly number[] {
  switch (event.kind) {
    case 'made':
    case 'count':
    case 'freed':
    case 'claims':
      return event.kind === 'count' && event.holder.includes('#')
        ? [event.object, Number(event.holder.slice(event.holder.indexOf('#') + 1))]
        : [event.object];
    case 'callback':
      return [event.ctx, event.session, event.ssl];
    case 'record':
    case 'message':
    case 'alert':
      return [event.ssl];
    case 'decision':
      return [event.ssl, event.session];
    default:
      return [];
  }
}

type Fields = readonly (readonly [field: string, value: string])[];

function fieldsOf(object: Counted): Fields {
  // Its kind says which it is.
  if (object.kind === 'ctx') return fieldsOfContext(object as SslCtx);
  return object.kind === 'ssl' ? fieldsOfConnection(object as Ssl) : fieldsOfSession(object as SslSession);
}

const cacheModes: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'CLIENT'],
  [0x2, 'SERVER'],
  [0x80, 'NO_AUTO_CLEAR'],
  [0x100, 'NO_INTERNAL_LOOKUP'],
  [0x200, 'NO_INTERNAL_STORE'],
  [0x400, 'UPDATE_TIME'],
];

function fieldsOfContext(ctx: SslCtx): Fields {
  const { cache, cacheMode, cacheSize, statistics } = ctx;
  const modes = cacheModes.filter(([bit]) => (cacheMode & bit) !== 0).map(([, name]) => name);
  const { hits, misses, timeouts, cacheFull } = statistics;
  return [
    ['cache mode', modes.length === 0 ? 'OFF' : modes.join(' ')],
    ['cache size', cacheSize === 0n ? 'no limit' : String(cacheSize)],
    ['cached', String(cache.number)],
    ['cache', listed(cache.listed())],
    ['statistics', `hits ${hits}, misses ${misses}, timeouts ${timeouts}, full ${cacheFull}`],
  ];
}

function listed(sessions: Iterable<SslSession>): string {
  const ids: string[] = [];
  for (const session of sessions) {
    if (ids.length === cachedNamedMax) return `${ids.join(' ')} …`;
    ids.push(String(session.id));
  }
  return ids.join(' ');
}

const versionNames: Readonly<Record<number, string>> = {
  0: '–',
  768: 'SSLv3',
  769: 'TLSv1',
  770: 'TLSv1.1',
  771: 'TLSv1.2',
  772: 'TLSv1.3',
};

function fieldsOfConnection(ssl: Ssl): Fields {
  const shutdown = [(ssl.shutdown & 1) !== 0 ? 'sent' : '', (ssl.shutdown & 2) !== 0 ? 'received' : '']; // SSL_SENT_SHUTDOWN, SSL_RECEIVED_SHUTDOWN
  const { suite13, suite } = ssl.handshake;
  return [
    ['state', ssl.flow === 'error' ? 'ERROR' : ssl.handState],
    ['side', ssl.handshakeKind === undefined ? '–' : ssl.server ? 'server' : 'client'],
    ['version', versionNames[ssl.version] ?? hex(ssl.version)],
    ['cipher', suite13?.name ?? suite?.opensslName ?? '–'],
    ['resumed', ssl.hit ? 'yes' : 'no'],
    ['shutdown', shutdown.filter((one) => one !== '').join(' ') || '–'],
    ['session', ssl.session === undefined ? '–' : String(ssl.session.id)],
  ];
}

function fieldsOfSession(session: SslSession): Fields {
  const { sessionId, ticketBytes, listedIn } = session;
  return [
    ['version', versionNames[session.version] ?? hex(session.version)],
    [
      'id',
      sessionId.length === 0
        ? '–'
        : `${Buffer.from(sessionId.subarray(0, 4)).toString('hex')}… (${sessionId.length} bytes)`,
    ],
    ['ticket', ticketBytes === 0 ? '–' : `${ticketBytes} bytes`],
    ['resumable', session.isResumable ? 'yes' : 'no'],
    ['not_resumable', session.notResumable ? 'set' : '–'],
    ['listed in', listedIn === undefined ? '–' : String(listedIn.id)],
  ];
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
