/** The libssl of this very process as a stack, for programs that run where it is. */
import {
  type CallbackAnswer,
  defaultAnswers,
  type ObjectId,
  type OnCallback,
  type Profile,
  type Snapshot,
  type Stack,
  type StackAnswer,
  type StackCall,
  type StackCallback,
} from '../stack.js';
import type { Calls } from './calls.js';
import type { Library } from './library.js';
import type { Objects } from './objects.js';

export interface OwnStackOptions {
  readonly library: Library;
  readonly objects: Objects;
  readonly calls: Calls;
}

/** A call that is under way. */
interface Call {
  readonly onCallback: OnCallback | undefined;
  owned: readonly ObjectId[];
  /** What a callback threw: libssl's own frames must be left before it goes on. */
  thrown?: { readonly error: unknown };
}

export class OwnStack implements Stack {
  readonly name = 'libssl';
  readonly profile: Profile;
  readonly version: string;
  readonly #calls: Calls;
  readonly #objects: Objects;
  #call: Call | undefined;

  constructor({ library, calls, objects }: OwnStackOptions, profile: Profile) {
    this.profile = profile;
    this.version = library.text('OpenSSL_version', 0);
    this.#calls = calls;
    this.#objects = objects;
  }

  perform({ call, args, watch, owned }: StackCall, onCallback?: OnCallback): StackAnswer {
    const outer = this.#call;
    const inner: Call = { onCallback, owned };
    this.#call = inner;
    this.#calls.callbacks.owned = owned;
    try {
      const { ret, errors } = this.#calls.perform(call, args);
      if (inner.thrown !== undefined) throw inner.thrown.error;
      const events = this.#objects.takeHappenings();
      const wanted: ObjectId[] = [...watch];
      for (const event of events) if ('session' in event) wanted.push(event.session);
      if (typeof ret === 'object' && ret !== null && 'object' in ret) wanted.push(ret.object);
      return { ret, errors, events, snapshots: this.look(wanted) };
    } finally {
      this.#call = outer;
    }
  }

  /** What the program has to say to a callback of the call that is under way. */
  consult(asked: StackCallback): CallbackAnswer {
    const call = this.#call;
    if (call === undefined) return { ...defaultAnswers[asked.callback], owned: [] };
    try {
      const answer = call.thrown === undefined ? call.onCallback?.(asked) : undefined;
      call.owned = answer?.owned ?? call.owned;
      return answer ?? { ...defaultAnswers[asked.callback], owned: call.owned };
    } catch (error) {
      call.thrown = { error };
      return { ...defaultAnswers[asked.callback], owned: call.owned };
    }
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    return objects.length === 0 ? [] : this.#objects.snapshots(objects);
  }

  attach(): void {
    throw new Error('no world reaches into a batch of programs');
  }

  /** The agent frees what a program leaves. */
  end(): void {}
}
