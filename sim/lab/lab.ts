/** An exercise: what a trainee is given, what helps, and how it is told that it is solved. */
import * as v from 'valibot';

/** A program that is to be mended. */
export interface RepairCheck {
  readonly kind: 'repair';
  /** The host whose program it is: all others stay as they are. */
  readonly host: string;
  readonly seeds: number;
  /** Of all connections, so many must be resumed; of all requests, so many must have their answer. */
  readonly resumedPercent: number;
  readonly answeredPercent: number;
}

/** A failure that is to be explained. */
export interface DiagnosisCheck {
  readonly kind: 'diagnosis';
  /** By question: the SHA-256 of `LAB/QUESTION/ANSWER`, in hex. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface LabDefinition {
  /** Its place in the course, from 1. */
  readonly place: number;
  readonly title: string;
  /** From 1 (one counter shows it) to 5. */
  readonly difficulty: number;
  /** The files that it is begun with, beside README.md. */
  readonly files: readonly string[];
  readonly hints: readonly [string, string, string];
  /** What really happened. */
  readonly story: { readonly text: string; readonly sources: readonly string[] };
  readonly check: RepairCheck | DiagnosisCheck;
}

export interface Lab extends LabDefinition {
  readonly name: string;
}

const sentence = v.pipe(v.string(), v.minLength(1));
const whole = (min: number, max: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const schema: v.GenericSchema<unknown, LabDefinition> = v.strictObject({
  place: whole(1, 99),
  title: sentence,
  difficulty: whole(1, 5),
  files: v.array(sentence),
  hints: v.tuple([sentence, sentence, sentence]),
  story: v.strictObject({ text: sentence, sources: v.array(v.pipe(v.string(), v.url())) }),
  check: v.variant('kind', [
    v.strictObject({
      kind: v.literal('repair'),
      host: sentence,
      seeds: whole(1, 10_000),
      resumedPercent: whole(0, 100),
      answeredPercent: whole(0, 100),
    }),
    v.strictObject({ kind: v.literal('diagnosis'), answers: v.record(v.string(), v.string()) }),
  ]),
});

/** @throws Error for what is no lab, with the place */
export function toLab(name: string, value: unknown): Lab {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return { name, ...parsed.output };
  const [issue] = parsed.issues;
  throw new Error(`the lab ${name}: ${v.getDotPath(issue) ?? 'lab.json'}: ${issue.message}`);
}
