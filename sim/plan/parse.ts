/** From a file's text to a Plan: every place that is not as the format says is named by a JSON pointer. */
import { defects } from 'simtls';
import * as v from 'valibot';
import { checkBounds, parseBounded } from './bounds.js';
import { errorOfIssue } from './error.js';
import { faultSchema } from './fault-schema.js';
import { checkFormat } from './formats.js';
import { jsonSchemaOf } from './json-schema.js';
import { type Json, observationFields, type Plan, planFormat } from './plan.js';
import { checkReferences } from './references.js';
import { json, microseconds, name, stepId, whole } from './schema-parts.js';

/** A plan of more steps than this is refused, so that a file cannot take unbounded memory. */
export const planStepsMax = 100_000;

const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 30));
const hostSchema = v.strictObject({
  name,
  skewMs: v.exactOptional(whole),
  driftPpm: v.exactOptional(whole),
  sendBufferBytes: v.exactOptional(bytes),
  receiveBufferBytes: v.exactOptional(bytes),
});

const linkSchema = v.strictObject({
  from: name,
  to: name,
  latencyUs: microseconds,
  jitterUs: v.exactOptional(microseconds),
  segmentBytes: v.exactOptional(v.strictObject({ min: bytes, max: bytes })),
  coalesceUs: v.exactOptional(microseconds),
  resetOvertakes: v.exactOptional(v.boolean()),
});

const field = v.picklist(observationFields);
const guardSchema = v.strictObject({ step: stepId, field, is: v.exactOptional(json), not: v.exactOptional(json) });

const stepSchema = v.strictObject({
  id: stepId,
  on: name,
  task: v.exactOptional(name),
  let: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/u, 'Expected a name'))),
  call: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  args: v.exactOptional(v.pipe(v.array(json), v.maxLength(16))),
  steps: v.exactOptional(v.pipe(v.array(json), v.maxLength(1000))),
  returns: v.exactOptional(json),
  when: v.exactOptional(guardSchema),
});

const checkSchema = v.union([
  v.strictObject({ id: stepId, step: stepId, field, is: json, because: v.string() }),
  v.strictObject({
    id: stepId,
    violation: v.string(),
    step: v.exactOptional(stepId),
    may: v.exactOptional(v.boolean()),
    because: v.string(),
  }),
]);

const defectSchema = v.picklist(defects.map((defect) => defect.name));

const planSchema = v.strictObject({
  format: v.literal(planFormat),
  name: v.exactOptional(v.string()),
  seed: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  dice: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  profile: v.picklist(['1.1.1', '3.0', '3.5']),
  defects: v.exactOptional(v.pipe(v.array(defectSchema), v.maxLength(defects.length))),
  hosts: v.pipe(v.array(hostSchema), v.minLength(1), v.maxLength(1000)),
  links: v.optional(v.pipe(v.array(linkSchema), v.maxLength(10_000)), []),
  steps: v.pipe(v.array(stepSchema), v.maxLength(planStepsMax)),
  faults: v.optional(v.pipe(v.array(faultSchema), v.maxLength(planStepsMax)), []),
  checks: v.optional(v.pipe(v.array(checkSchema), v.maxLength(planStepsMax)), []),
  swarm: v.exactOptional(v.record(v.string(), json)),
  drawn: v.optional(v.pipe(v.array(v.strictObject({ label: v.string(), value: json })), v.maxLength(planStepsMax)), []),
});

/**
 * The plan that `text` holds.
 * @throws PlanError naming the place, for whatever is not JSON or not a plan
 */
export function parsePlan(text: string): Plan {
  return toPlan(parseBounded(text));
}

/**
 * The plan that `value`, as JSON gave it, is.
 * @throws PlanError naming the place
 */
export function toPlan(value: unknown): Plan {
  checkBounds(value);
  checkFormat(value);
  const parsed = v.safeParse(planSchema, value, { abortEarly: true });
  if (!parsed.success) throw errorOfIssue('', parsed.issues[0]);
  const plan: Plan = parsed.output;
  checkReferences(plan);
  return plan;
}

/** The format as JSON Schema: all but what the parts of a plan say of each other, and the arguments of its calls. */
export function planJsonSchema(): Readonly<Record<string, Json>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://simtls.invalid/simtls-plan-1.schema.json',
    title: planFormat,
    ...jsonSchemaOf(planSchema),
  };
}
