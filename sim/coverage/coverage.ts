/** What programs reached: calls and what each returned, states of connections, messages, decisions about sessions, acts on caches, callbacks, errors. */
import { handshakeNames, type StackEvent } from 'simtls';
import { decisions, misuses } from '../explain/index.js';
import {
  callbackNames,
  calls,
  type HandleState,
  isMisuse,
  isObservation,
  type Line,
  type Observation,
} from '../program/index.js';
import type { CtxStatistics } from '../stacks/index.js';
import { returnKinds, returnOf } from './returns.js';

export const groups = [
  'calls',
  'returns',
  'misuses',
  'states',
  'messages',
  'decisions',
  'cache',
  'callbacks',
  'errors',
] as const;
export type Group = (typeof groups)[number];

/** Of connections; `made` and `freed` are the ends. */
const states = ['before', 'init', 'ok', 'error'] as const;

/** Types of handshake messages that either side of the model sends. */
const messages: readonly number[] = [0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 24];

const counters: readonly (keyof CtxStatistics)[] = [
  'connect',
  'connect_good',
  'connect_renegotiate',
  'accept',
  'accept_good',
  'accept_renegotiate',
  'hits',
  'cb_hits',
  'misses',
  'timeouts',
  'cache_full',
];

/** What happens to the sessions of a cache, beside what the counters tell. */
const cacheActs: readonly string[] = [
  'a call adds a session',
  'a call adds one that is there',
  'a call adds one in place of another of its id',
  'a handshake adds a session',
  'a call removes a session',
  'a call removes none',
  'a flush removes sessions',
  'a flush removes none',
  'a connection that ends badly removes its session',
  'another session of a connection removes the one that ended badly',
  'a handshake removes a session',
  'a context that dies empties its cache',
];

/** What can be reached, as far as it can be listed: of `errors`, nothing. */
export function reachable(group: Group): readonly string[] {
  switch (group) {
    case 'calls':
      return [...calls.keys()];
    case 'returns':
      return [...calls].flatMap(([call, shape]) => returnKinds(call, shape).map((kind) => `${call} ${kind}`));
    case 'misuses':
      return Object.keys(misuses);
    case 'states':
      return [
        'made → before',
        ...states.flatMap((from) => states.filter((to) => to !== from).map((to) => `${from} → ${to}`)),
        ...states.map((from) => `${from} → freed`),
      ];
    case 'messages':
      return messages.map(nameOfMessage).flatMap((name) => [`${name} sent`, `${name} received`]);
    case 'decisions':
      return Object.keys(decisions);
    case 'cache':
      return [...counters.map((name) => `${name} rises`), ...cacheActs];
    case 'callbacks':
      return ['new', 'remove', 'get', ...callbackNames.map(withBody)];
    case 'errors':
      return [];
  }
}

function withBody(callback: string): string {
  return `${callback} with a body`;
}

export class Coverage {
  readonly #counts = new Map<Group, Map<string, number>>(
    groups.map((group) => [group, new Map(reachable(group).map((name) => [name, 0]))]),
  );

  /** How often each was reached. */
  of(group: Group): ReadonlyMap<string, number> {
    return this.#counts.get(group) ?? new Map();
  }

  /** To be told what the model tells of itself. */
  event(event: StackEvent): void {
    if (event.kind === 'decision') this.#met('decisions', event.code);
    if (event.kind === 'callback') this.#met('callbacks', event.name);
    if (event.kind === 'message') {
      this.#met('messages', `${nameOfMessage(event.handshakeType)} ${event.direction}`);
    }
  }

  /** The lines of a whole program. */
  program(lines: readonly Line[]): void {
    let before: ReadonlyMap<string, HandleState> = new Map();
    for (const line of lines) {
      this.#met('calls', line.call);
      if (isMisuse(line)) this.#met('misuses', line.misuse);
      this.#bodies(line);
      if (!isObservation(line)) continue;
      const shape = calls.get(line.call);
      const kind = shape && returnOf(line, shape);
      if (kind !== undefined) this.#met('returns', `${line.call} ${kind}`);
      for (const error of line.errors) this.#met('errors', error);
      for (const [name, state] of line.handles) this.#handle(line, before.get(name), state);
      this.#gone(line, before);
      before = line.handles;
    }
  }

  #bodies({ nested = [] }: Line): void {
    for (const { on, steps } of nested) {
      this.#met('callbacks', withBody(on));
      for (const line of steps) this.#bodies(line);
    }
  }

  #handle(line: Observation, was: HandleState | undefined, is: HandleState): void {
    if (is.kind === 'ssl') {
      const from = was?.kind === 'ssl' ? was.state : 'made';
      if (from !== is.state) this.#met('states', `${from} → ${is.state}`);
    }
    if (is.kind !== 'ctx' || was?.kind !== 'ctx') return;
    for (const name of counters) if (is.stats[name] > was.stats[name]) this.#met('cache', `${name} rises`);
    const act = cacheAct(line, is.number - was.number);
    if (act !== undefined) this.#met('cache', act);
  }

  /** What the step destroyed. */
  #gone({ handles, events }: Observation, before: ReadonlyMap<string, HandleState>): void {
    for (const [name, was] of before) {
      if (handles.has(name)) continue;
      if (was.kind === 'ssl') this.#met('states', `${was.state} → freed`);
      const emptied = was.kind === 'ctx' && events.some((event) => 'remove' in event && event.ctx === name);
      if (emptied) this.#met('cache', 'a context that dies empties its cache');
    }
  }

  #met(group: Group, name: string): void {
    const counts = this.#counts.get(group);
    counts?.set(name, (counts.get(name) ?? 0) + 1);
  }
}

/** What a step did to a cache that has so many sessions more now. */
function cacheAct({ call, ret, events }: Observation, more: number): string | undefined {
  switch (call) {
    case 'SSL_CTX_add_session':
      if (more > 0) return 'a call adds a session';
      if (ret === 0) return 'a call adds one that is there';
      return events.some((event) => 'freed' in event || 'remove' in event) && ret === 1
        ? 'a call adds one in place of another of its id'
        : undefined;
    case 'SSL_CTX_remove_session':
      return more < 0 ? 'a call removes a session' : ret === 0 ? 'a call removes none' : undefined;
    case 'SSL_CTX_flush_sessions':
      return more < 0 ? 'a flush removes sessions' : 'a flush removes none';
    case 'SSL_free':
    case 'SSL_clear':
      return more < 0 ? 'a connection that ends badly removes its session' : undefined;
    case 'SSL_set_session':
    case 'SSL_copy_session_id':
      return more < 0 ? 'another session of a connection removes the one that ended badly' : undefined;
    case 'SSL_do_handshake':
    case 'sim_handshake':
    case 'SSL_read':
      if (more === 0) return undefined;
      return more > 0 ? 'a handshake adds a session' : 'a handshake removes a session';
    default:
      return undefined;
  }
}

function nameOfMessage(type: number): string {
  return handshakeNames[type] ?? `message ${type}`;
}
