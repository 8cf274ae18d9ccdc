/** The misuses that end a program, in the order in which they apply. docs/programs.md, "Misuse". */
import { type CallShape, handleOf } from './calls.js';
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

/**
 * The first misuse of a step.
 * @param look - brings what was last seen of every object up to date; called only where a rule needs it
 */
export function findMisuse(step: ProgramStep, shape: CallShape, names: Names, look: () => void): Misuse | undefined {
  const used: Named[] = [];
  for (let index = 0; index < step.args.length; index++) {
    const argument = step.args[index];
    if (argument?.kind !== 'name') continue;
    const binding = names.binding(argument.name);
    const misuse = badBinding(argument.name, binding, shape, index);
    if (misuse !== undefined) return misuse;
    if (isThing(binding)) used.push({ name: argument.name, thing: binding });
  }
  return (
    notOwned(shape, used, step.args) ??
    inCache(step.call, used, names, look) ??
    inHandshake(step.call, used, names, look) ??
    sameHandle(used) ??
    sessionChanged(shape, used)
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
  const kind = wanted === undefined ? undefined : handleOf(wanted)?.kind;
  if (!isThing(binding)) return kind === undefined ? undefined : { kind: 'wrong-kind', handle };
  if (binding.kind !== kind) return { kind: 'wrong-kind', handle, thing: binding };
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
