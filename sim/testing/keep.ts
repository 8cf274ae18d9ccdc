/** Makes a failing plan small and writes it down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingName, findingOf, smallPlan } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import type { Failure } from '../verdict/index.js';
import { version } from '../version.js';
import type { Codes } from '../world/index.js';
import { cutWithCode } from './cut-with-code.js';
import type { NotHeld } from './error.js';

interface Where {
  /** Of the source. */
  readonly name: string;
  readonly folder: string;
}

type Kept = Pick<NotHeld, 'failure' | 'file' | 'shrunk' | 'replay'>;
type Keep = (plan: Plan, failure: Failure, where: Where) => Promise<Kept>;

/** As a finding, which `simtls replay`, `shrink` and `explain` take. */
export const keepPlain: Keep = async (plan, failure, { name, folder }) => {
  const small = smallPlan(plan, failure, {});
  const { seed, profile } = plan;
  const found = { source: name, seed, profile, case: 0, line: '' };
  const finding = findingOf(small.plan, small.failure, { found, shrunk: small.told, version: version(), on: {} });
  const file = join(folder, findingName(small.failure.group));
  const replay = `npx simtls replay ${file}`;
  const kept = { failure: small.failure, file, shrunk: small.told, replay };
  return { ...kept, ...write(folder, file, { ...finding, replay }, plan) };
};

/** As a plan: the functions that it calls are where the test is. */
export function keepWithCode(codes: Codes): Keep {
  return async (plan, failure, { name, folder }) => {
    const small = await cutWithCode(plan, failure, codes);
    const file = join(folder, `${name}-${findingName(failure.group)}`);
    const replay = `await holds(SCENARIO, { plan: ${JSON.stringify(file)} }) // SCENARIO is ${name}`;
    const kept = { failure: small.failure, file, shrunk: small.told, replay };
    return { ...kept, ...write(folder, file, small.plan, plan) };
  };
}

/** What is different where it cannot be written: the failure is told all the same, with its seed, which makes it again. */
function write(folder: string, file: string, value: unknown, { seed, profile }: Plan): Partial<Kept> {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
    return {};
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const replay = `the same test, with { seeds: [${JSON.stringify(seed)}], profiles: [${JSON.stringify(profile)}] }`;
    return { file: '', shrunk: `not written: ${why}`, replay };
  }
}
