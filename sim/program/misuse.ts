/** The misuses that end a program, in the order in which they apply. docs/programs.md, "Misuse". */
import { type CallShape, callbackShapes, handleOf } from './calls.js';
import type { Binding, Names, Thing } from './names.js';
import type { MisuseKind } from './observation.js';
import type { Argument, ProgramStep } from './parse.js';

export interface Misuse {
  readonly kind: MisuseKind;
  /** As the program wrote it. */
  readonly handle: string;
  /** The object misused, where the name stands for one. */
  readonly thing?: Thing;
}

/** A handle that a step names, and what it stands for. */
interface Named {
  readonly name: string;
  readonly thing: Thing;
}

/** What the calls under way were given in whose callbacks a step is made. */
export interface UnderWay {
  /** The objects that they go on using: their arguments, and those of their callbacks. */
  readonly used: ReadonlySet<Thing>;
  /** The connections that libssl is in the middle of. */
  readonly inside: ReadonlySet<Thing>;
  /** Of those, the ones that may have chosen a certificate which they have not shown yet. */
  readonly choosing: ReadonlySet<Thing>;
}

/** Calls that take a connection's state, session or transport from under the call that is at work on it. */
const disturbing: readonly string[] = [
  'SSL_clear',
  'SSL_set_connect_state',
  'SSL_set_accept_state',
  'SSL_set_session',
  'SSL_copy_session_id',
  'SSL_set_ssl_method',
  'sim_pair',
  'sim_cut',
  'sim_break',
  'sim_capacity',
  'sim_deliver',
];

/** What may still be asked of a context whose last reference is gone while its cache is flushed. */
const safeWhileDying: readonly string[] = [
  'SSL_CTX_get_session_cache_mode',
  'SSL_CTX_sess_get_cache_size',
  'SSL_CTX_get_timeout',
  'SSL_CTX_remove_session',
];

/**
 * The first misuse of a step.
 * @param context - `look` brings what was last seen of every object up to date, and is called only where a rule needs it;
 * `underWay` is there in a body
 */
export function findMisuse(
  step: ProgramStep,
  shape: CallShape,
  {
    names,
    look,
    underWay,
  }: { readonly names: Names; readonly look: () => void; readonly underWay?: UnderWay | undefined },
): Misuse | undefined {
  const used: Named[] = [];
  for (let index = 0; index < step.args.length; index++) {
    const argument = step.args[index];
    if (argument?.kind !== 'name') continue;
    const binding = names.binding(argument.name);
    const misuse = badBinding(argument.name, binding, shape, index);
    if (misuse !== undefined) return misuse;
    if (step.body !== undefined && isThing(binding)) {
      // C has most callbacks for contexts alone, and transports belong to connections
      const { perConnection = false } = callbackShapes[step.body.callback];
      const isWrong = binding.kind === 'ssl' ? !perConnection : perConnection === 'alone';
      if (isWrong) return { kind: 'wrong-kind', handle: argument.name, thing: binding };
    }
    if (isThing(binding)) used.push({ name: argument.name, thing: binding });
  }
  return (
    notOwned(shape, used, step.args) ??
    inCache(step.call, used, names, look) ??
    inHandshake(step.call, used, names, look) ??
    sameHandle(used) ??
    sessionChanged(shape, used) ??
    (underWay && inCall(step.call, shape, used, underWay, look)) ??
    (underWay && dying(step.call, used, look))
  );
}

export function isThing(binding: Binding | undefined): binding is Thing {
  return binding !== undefined && binding !== null && !(binding instanceof Uint8Array);
}

/** `unbound`, `wrong-kind`, `use-after-free`. A name bound to NULL is none of them. */
function badBinding(handle: string, binding: Binding | undefined, shape: CallShape, index: number): Misuse | undefined {
  if (binding === undefined) return { kind: 'unbound', handle };
  if (binding === null) return undefined;
  const wanted = shape.args[index];
  const taken = wanted === undefined ? undefined : handleOf(wanted);
  if (!isThing(binding)) return taken === undefined ? undefined : { kind: 'wrong-kind', handle };
  if (binding.kind !== taken?.kind && binding.kind !== taken?.or) return { kind: 'wrong-kind', handle, thing: binding };
  return binding.alive ? undefined : { kind: 'use-after-free', handle, thing: binding };
}

function notOwned(shape: CallShape, used: readonly Named[], args: readonly Argument[]): Misuse | undefined {
  const [freed] = used;
  if (shape.frees !== true || args[0]?.kind !== 'name' || freed === undefined) return undefined;
  return freed.thing.references.length > 0 ? undefined : { kind: 'not-owned', handle: freed.name, thing: freed.thing };
}

/** Each act breaks libssl's tables: another id for a cached session, by itself or with all the rest, and one session in two caches. */
function inCache(call: string, used: readonly Named[], names: Names, look: () => void): Misuse | undefined {
  if (!['SSL_SESSION_set1_id', 'd2i_SSL_SESSION', 'SSL_CTX_add_session'].includes(call)) return undefined;
  const session = used.find(({ thing }) => thing.kind === 'session');
  if (session === undefined) return undefined;
  look();
  const { seen } = session.thing;
  if (seen?.kind !== 'session' || seen.cachedIn === null) return undefined;
  const ctx = used.find(({ thing }) => thing.kind === 'ctx');
  if (call === 'SSL_CTX_add_session' && names.thing(seen.cachedIn) === ctx?.thing) return undefined;
  return { kind: 'in-cache', handle: session.name, thing: session.thing };
}

/** The id of a connection's session may still change before its handshake is done. */
function inHandshake(call: string, used: readonly Named[], names: Names, look: () => void): Misuse | undefined {
  if (call !== 'SSL_CTX_add_session') return undefined;
  const session = used.find(({ thing }) => thing.kind === 'session');
  if (session === undefined) return undefined;
  look();
  for (const { alive, seen } of names.things()) {
    if (alive && seen?.kind === 'ssl' && seen.state === 'init' && seen.session === session.thing.object) {
      return { kind: 'in-handshake', handle: session.name, thing: session.thing };
    }
  }
  return undefined;
}

function sameHandle(used: readonly Named[]): Misuse | undefined {
  if (used.length < 2) return undefined;
  const [first, second] = used.filter(({ thing }) => thing.kind === 'ssl');
  if (first === undefined || second === undefined || first.thing !== second.thing) return undefined;
  return { kind: 'same-handle', handle: second.name, thing: second.thing };
}

function sessionChanged(shape: CallShape, used: readonly Named[]): Misuse | undefined {
  if (shape.io !== true) return undefined;
  const changed = used.find(({ thing }) => thing.sessionChanged);
  return changed && { kind: 'session-changed', handle: changed.name, thing: changed.thing };
}

/** Also the last reference to what a call under way goes on using, given back. */
function inCall(
  call: string,
  shape: CallShape,
  used: readonly Named[],
  underWay: UnderWay,
  look: () => void,
): Misuse | undefined {
  const takesCertificate = call === 'SSL_set_SSL_CTX';
  if (shape.io === true || takesCertificate || disturbing.includes(call)) {
    const [first] = used;
    const taken = call === 'SSL_copy_session_id' && first !== undefined ? [first] : used;
    const struck = takesCertificate ? underWay.choosing : underWay.inside;
    const disturbed = taken.find(({ thing }) => struck.has(thing));
    if (disturbed !== undefined) return { kind: 'in-call', handle: disturbed.name, thing: disturbed.thing };
  }
  if (shape.frees !== true) return undefined;
  const [freed] = used;
  if (freed === undefined || !underWay.used.has(freed.thing)) return undefined;
  look();
  return freed.thing.seen?.refs === 1 ? { kind: 'in-call', handle: freed.name, thing: freed.thing } : undefined;
}

/** The last reference is gone, and the object is being taken apart. */
function dying(call: string, used: readonly Named[], look: () => void): Misuse | undefined {
  if (used.length === 0 || safeWhileDying.includes(call)) return undefined;
  look();
  const gone = used.find(({ thing }) => thing.seen !== undefined && thing.seen.refs <= 0);
  return gone && { kind: 'dying', handle: gone.name, thing: gone.thing };
}
