/** What the parts of a plan are made of: names, ids, numbers in their bounds. */
import * as v from 'valibot';
import type { Json } from './plan.js';

/** Ten thousand years, in microseconds: the last time that a number of JSON holds exactly is near it. */
const usMax: number = 2 ** 53 - 1;

export const name: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/u, 'Expected a name'),
);
export const stepId: v.GenericSchema<string> = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
export const whole: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger());
export const positive: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const microseconds: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(usMax),
);
export const json: v.GenericSchema<Json> = v.lazy(() =>
  v.union([v.null(), v.boolean(), v.number(), v.string(), v.array(json), v.record(v.string(), json)]),
);
