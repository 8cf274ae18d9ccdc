/** What invariants need to know of the objects of one process: where each came to be, and how full the caches are. */
import type { Claim, ObjectKind, StackEvent } from 'simtls';
import {
  type Broken,
  brokenClaims,
  handedDead,
  judgeCache,
  leaked,
  usedWithSecondContext,
} from '../invariants/index.js';
import type { ProgramStep } from '../program/index.js';
import type { ObjectId } from '../stacks/index.js';
import type { Objects } from './objects.js';
import type { ProcessStack } from './process-stack.js';

/** What is known of an object that has not died. */
interface Living {
  readonly type: ObjectKind;
  /** That made it. */
  readonly step: string;
  refs: number;
  /** Who has taken references and not given them back, as far as was told. */
  readonly holders: Claim[];
}

export class ObjectWatch {
  readonly #objects: Objects;
  readonly #stack: ProcessStack;
  readonly #report: (broken: Broken | undefined) => void;
  readonly #living = new Map<ObjectId, Living>();
  /** Contexts whose cache has a size of the plan's: how many sessions it held when last looked at. */
  readonly #sized = new Map<ObjectId, { readonly size: number; number: number }>();
  /** Whose last reference went last: who gave it back, in which step. */
  #death = { object: 0, by: '', step: '' };
  /** Pairs of session and second context that were told. */
  readonly #told = new Set<string>();

  constructor(objects: Objects, stack: ProcessStack, report: (broken: Broken | undefined) => void) {
    this.#objects = objects;
    this.#stack = stack;
    this.#report = report;
  }

  lives(object: ObjectId): boolean {
    return this.#living.has(object);
  }

  /** Something happened to objects while `step` was at work. */
  happened(event: StackEvent, step: string): void {
    if (event.kind === 'made') this.#living.set(event.object, { type: event.type, step, refs: 0, holders: [] });
    else if (event.kind === 'count') this.#counted(event, step);
    else if (event.kind === 'freed') this.#living.delete(event.object);
    else if (event.kind === 'claims') this.#report(brokenClaims(event, (object) => this.#objects.nameOf(object)));
    else if (event.kind === 'foreign-context') this.#secondContext(event);
  }

  /** What is broken where a callback is about to be handed a session that is gone. */
  handedOver(event: Extract<StackEvent, { kind: 'callback' }>): Broken | undefined {
    const { session, ctx, name } = event;
    if (session === 0 || this.lives(session)) return undefined;
    const { by, step } = this.#death.object === session ? this.#death : { by: 'somebody', step: 'an earlier step' };
    return handedDead({
      callback: name,
      context: this.#objects.nameOf(ctx),
      session: this.#objects.nameOf(session, 'session'),
      object: session,
      by,
      step,
    });
  }

  /** The process ends by itself: what still lives has leaked, unless other tasks were still at work on it. */
  leaks({ atWork }: { readonly atWork: boolean }): void {
    for (const [id, { type, refs, holders: told }] of this.#living) {
      const claims = this.#stack.claimsOf(id);
      // Of what the program has never met there are no claims: who holds it is known all the same, where the stack has told of its count.
      const held = claims.length > 0 ? claims : told;
      const holders = held.map((claim) => (claim.step === '' ? claim.holder : `${claim.holder} since ${claim.step}`));
      const lost = held.length > 0 && held.every((claim) => this.#isGone(claim.holder));
      if (atWork && !lost) continue;
      const now = refs > 0 ? refs : (this.#objects.snapshot(id)?.refs ?? 0);
      this.#report(leaked({ object: id, name: this.#objects.nameOf(id, type), refs: now, holders, lost }));
    }
  }

  /** A step that may have given a cache a size. */
  noteSize(step: ProgramStep): void {
    if (step.call !== 'SSL_CTX_sess_set_cache_size') return;
    const [context, size] = step.args;
    if (context?.kind !== 'name' || size?.kind !== 'number') return;
    const id = this.#objects.lookup(context.name, 'ctx');
    if (typeof id === 'number') this.#sized.set(id, { size: Number(size.value), number: Number.MAX_SAFE_INTEGER });
  }

  /** Looks at the caches of real libssl that have a size of the plan's: something may have been put into one. */
  lookAtCaches(): void {
    for (const [id, look] of this.#sized) {
      const seen = this.#objects.snapshot(id);
      if (seen?.kind !== 'ctx') continue;
      const { number } = seen;
      const { size, number: before } = look;
      this.#report(judgeCache(this.#objects.nameOf(id), { size, number, before, owner: 'libssl' }));
      look.number = number;
    }
  }

  /** Whether a holder is an object (`ssl#3`, `cache of ctx#1`), and lives no more. */
  #isGone(holder: string): boolean {
    const [, number] = /#(\d+)$/u.exec(holder) ?? [];
    return number !== undefined && !this.#living.has(Number(number));
  }

  #counted({ object, count, holder }: Extract<StackEvent, { kind: 'count' }>, step: string): void {
    if (count === 0) this.#death = { object, by: holder, step };
    const living = this.#living.get(object);
    if (living === undefined) return;
    const { holders } = living;
    if (count > living.refs) {
      holders.push({ holder, step });
    } else {
      const at = holders.findLastIndex((claim) => claim.holder === holder);
      holders.splice(at, 1); // of one who has told nothing the last goes, which -1 means
    }
    living.refs = count;
  }

  #secondContext(event: Extract<StackEvent, { kind: 'foreign-context' }>): void {
    const key = `${event.session} ${event.used}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const name = (object: ObjectId): string => this.#objects.nameOf(object);
    const born = (object: ObjectId): string => this.#living.get(object)?.step ?? 'an earlier step';
    this.#report(
      usedWithSecondContext({
        object: event.session,
        session: name(event.session),
        owner: name(event.owner),
        ownerStep: born(event.owner),
        used: name(event.used),
        usedStep: born(event.used),
      }),
    );
  }
}
