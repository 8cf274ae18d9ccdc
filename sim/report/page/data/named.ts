/** What an event is about, of the objects that have been freed before it. */
import { codeOf } from './decode.js';
import type { Thing } from './objects.js';
import { objectKey, type Run } from './run.js';
import { nameOfObject } from './words.js';

/** Those of `gone` that the event names: to be shown as what they were, since nothing of them lives. */
export function goneNamed(run: Run, gone: ReadonlyMap<number, Thing>, n: number): readonly Thing[] {
  const process = run.process[n] ?? -1;
  if (run.kind[n] !== codeOf.violation) {
    const found = numbersIn(run, n).map((object) => gone.get(objectKey(process, object)));
    return found.filter((thing) => thing !== undefined);
  }
  const words = (run.strings[run.c[n] ?? 0] ?? '').replaceAll(' #', '#').split(/[^\w#]+/);
  return [...gone.values()].filter(
    ({ id, type, process: of }) =>
      of === process && (words.includes(`${type}#${id}`) || words.includes(nameOfObject(run, of, id, type))),
  );
}

function numbersIn({ kind, a, b, c, d, e }: Run, n: number): readonly number[] {
  switch (kind[n]) {
    case codeOf.freed:
    case codeOf.claims:
      return [a[n] ?? 0];
    case codeOf.callback:
      return [b[n] ?? 0, c[n] ?? 0, d[n] ?? 0];
    case codeOf.decision:
      return [a[n] ?? 0, e[n] ?? 0];
    default:
      return [];
  }
}
