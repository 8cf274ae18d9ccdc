/** What is said of a file that is no program: where, and why. */
import type { Profile } from '../stacks/index.js';

/** A file that is no program: `place` is where in it (`steps[3].args[1]`), `reason` what is wrong there. */
export class ProgramError extends Error {
  readonly code = 'PROGRAM_REFUSED';
  readonly place: string;
  readonly reason: string;
  constructor(place: string, reason: string) {
    super(place === '' ? reason : `${place}: ${reason}`);
    this.name = 'ProgramError';
    this.place = place;
    this.reason = reason;
  }
}

/** Where a value stands, and what may be named there. */
export interface Site {
  readonly place: string;
  readonly profile: Profile;
  /** In a body: what the callback is given (`@ctx`, `@ssl`, `@session`). */
  readonly given?: readonly string[];
  /** How many bodies it stands in. */
  readonly depth?: number;
}

export function record(value: unknown, place: string, rule: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new ProgramError(place, `${rule}, found ${shown(value)}`);
  return value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function expected(what: string, found: unknown, site: Site): ProgramError {
  return new ProgramError(site.place, `expected ${what}, found ${shown(found)}`);
}

/** A value as it stood in the file, cut to what fits a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
