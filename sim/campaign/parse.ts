/** Findings and progress as files have them: whatever is not as the formats say is refused, by the place in the file. */
import { defects } from 'simtls';
import * as v from 'valibot';
import { errorOfIssue, type Plan, PlanError, parseBounded, toPlan } from '../plan/index.js';
import { sometimesNames } from '../sometimes/index.js';
import { profiles } from '../stacks/index.js';
import { type Finding, findingEventsMax, findingFormat } from './finding.js';
import { lanesMax } from './guide/turns.js';
import { type CampaignProgress, campaignFormat } from './progress.js';
import type { CampaignSettings } from './settings.js';

/** One line that a terminal shows as it stands. */
const line = v.pipe(v.string(), v.maxLength(20_000), v.regex(/^\P{Cc}*$/u, 'Expected text without control characters'));
const text = v.pipe(
  v.string(),
  v.maxLength(20_000),
  v.regex(/^(?:\P{Cc}|\n)*$/u, 'Expected text without control characters'),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const fingerprint = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{16})?$/u, 'Expected 16 hex digits'));
const owner = v.picklist(['simtls', 'program', 'libssl']);
const profile = v.picklist(profiles);
const stack = v.picklist(['model', 'libssl']);
const crypto = v.picklist(['fast', 'real']);
const linesMax = 10_000;

const findingSchema = v.strictObject({
  format: v.literal(findingFormat),
  group: line,
  violation: v.strictObject({ invariant: line, owner, text, step: line, call: line, reason: text, source: text }),
  replay: line,
  found: v.strictObject({ source: line, seed: line, profile: line, case: count, line }),
  on: v.strictObject({ stack, crypto }),
  versions: v.strictObject({ simtls: line, plan: line, openssl: line }),
  shrunk: line,
  story: v.pipe(v.array(text), v.maxLength(linesMax)),
  run: v.strictObject({
    fingerprint,
    events: count,
    trace: v.pipe(v.array(line), v.maxLength(findingEventsMax)),
  }),
  plan: v.unknown(),
});

const mutations = v.pipe(v.array(count), v.maxLength(100));
const caseSchema = v.strictObject({ number: count, source: line, profile, seed: line, mutations });
const settingsSchema = v.strictObject({
  sources: v.pipe(v.array(line), v.minLength(1), v.maxLength(10_000)),
  profiles: v.pipe(v.array(profile), v.minLength(1), v.maxLength(profiles.length)),
  seeds: v.strictObject({ from: count, to: v.nullable(count) }),
  defects: v.pipe(v.array(v.picklist(defects.map((defect) => defect.name))), v.maxLength(defects.length)),
  stack,
  crypto,
  faults: v.nullable(v.pipe(v.array(line), v.maxLength(1_000))),
  misuse: v.exactOptional(v.boolean()),
  guide: v.boolean(),
  shard: v.strictObject({ index: v.pipe(count, v.minValue(1)), of: v.pipe(count, v.minValue(1)) }),
});
const reachedNames = v.strictObject(v.entriesFromList(sometimesNames, v.exactOptional(count)));
const progressSchema = v.strictObject({
  format: v.literal(campaignFormat),
  simtls: line,
  settings: settingsSchema,
  blocks: count,
  done: v.boolean(),
  tally: v.strictObject({
    runs: count,
    events: count,
    fingerprint,
    groups: v.pipe(
      v.array(v.strictObject({ group: line, invariant: line, owner, first: caseSchema, cases: count })),
      v.maxLength(100_000),
    ),
    refused: v.pipe(v.array(v.strictObject({ source: line, reason: text, count })), v.maxLength(100_000)),
    reached: v.pipe(v.array(v.strictObject({ source: line, runs: count, names: reachedNames })), v.maxLength(10_000)),
  }),
  lanes: v.pipe(
    v.array(
      v.strictObject({
        kept: v.pipe(v.array(caseSchema), v.maxLength(10_000)),
        reached: v.pipe(v.string(), v.maxLength(20_000), v.base64()),
        turns: v.pipe(v.array(v.strictObject({ made: count, due: count, wait: count })), v.maxLength(10_000)),
      }),
    ),
    v.maxLength(lanesMax),
  ),
});

/**
 * The finding that `text` holds.
 * @throws PlanError naming the place, for whatever is none
 */
export function parseFinding(source: string): Finding {
  const found = shaped(findingSchema, source);
  return { ...found, plan: planIn(found.plan) };
}

/**
 * The progress that `text` holds.
 * @throws PlanError naming the place
 */
export function parseProgress(source: string): CampaignProgress {
  const progress = shaped(progressSchema, source);
  const { seeds, shard }: CampaignSettings = progress.settings;
  if (seeds.to !== null && seeds.to < seeds.from) {
    throw new PlanError('/settings/seeds/to', `${seeds.from} or more`, String(seeds.to));
  }
  if (shard.index > shard.of) throw new PlanError('/settings/shard/index', `at most ${shard.of}`, String(shard.index));
  return progress;
}

/** Lists and objects within each other: a plan's, and what is around it. */
const depthMax = 100;

function shaped<T>(schema: v.GenericSchema<unknown, T>, source: string): T {
  const parsed = v.safeParse(schema, parseBounded(source, depthMax), { abortEarly: true });
  if (!parsed.success) throw errorOfIssue('', parsed.issues[0]);
  return parsed.output;
}

function planIn(value: unknown): Plan {
  try {
    return toPlan(value);
  } catch (cause) {
    if (!(cause instanceof PlanError)) throw cause;
    throw new PlanError(`/plan${cause.pointer}`, cause.expected, cause.received);
  }
}
