/**
 * Objects of two runs by what both share: the step that made each, and which of its type it is there. Their numbers are no such thing: they
 * move on as soon as one run makes one object more, and real OpenSSL counts otherwise than the model.
 */
import type { EventKind } from '../../data.js';
import { codeOf } from './decode.js';
import { objectKey, type Run, textAt } from './run.js';

/** Slots that hold the number of an object, by kind. */
export const objectSlots: Readonly<Partial<Record<EventKind, string>>> = {
  made: 'a',
  count: 'a',
  freed: 'a',
  callback: 'bcd',
  record: 'a',
  message: 'a',
  alert: 'a',
  decision: 'ae',
  claims: 'a',
  'foreign-context': 'abcd',
};

/** Slots that hold a text in which objects are named. */
export const namingSlots: Readonly<Partial<Record<EventKind, string>>> = { count: 'd', claims: 'e', violation: 'c' };

export class Identities {
  readonly #run: Run;
  readonly #of = new Map<number, string>();

  constructor(run: Run) {
    this.#run = run;
    const made = new Map<string, number>();
    for (let n = 0; n < run.count; n += 1) {
      if (run.kind[n] !== codeOf.made) continue;
      const place = `${textAt(run, run.b[n])} of ${textAt(run, run.step[n])} ${run.processes[run.process[n] ?? -1]?.run ?? 0}`;
      const nth = (made.get(place) ?? 0) + 1;
      made.set(place, nth);
      this.#of.set(objectKey(run.process[n] ?? -1, run.a[n] ?? 0), `${place} ${nth}`);
    }
  }

  /** @param n - the event that names it */
  object(n: number, object: number): string {
    return this.#of.get(objectKey(this.#run.process[n] ?? -1, object)) ?? String(object);
  }

  /** The same text without numbers of objects. */
  text(n: number, text: string): string {
    return text.replaceAll(/(?:ctx|ssl|session) ?#(\d+)/g, (_, digits: string) => this.object(n, Number(digits)));
  }
}
