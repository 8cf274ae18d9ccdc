/** The versions of the format of plans: which this simtls reads, and what it says of the others. */
import { PlanError } from './error.js';
import { planFormat } from './plan.js';

/**
 * What `value` is by its own account.
 * @throws PlanError where it is a plan of a version that is not read here
 */
export function checkFormat(value: unknown): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  const version = typeof format === 'string' ? /^simtls-plan\/(\d{1,9})$/u.exec(format)?.[1] : undefined;
  if (version === undefined || format === planFormat) return;
  const isNewer = Number(version) > Number(planFormat.split('/')[1]);
  throw new PlanError(
    '/format',
    `"${planFormat}", which this simtls reads and writes`,
    `"${format}", ${isNewer ? 'of a newer simtls: update it' : 'which no simtls has written'}`,
  );
}
