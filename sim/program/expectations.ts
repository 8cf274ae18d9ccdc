/** What a stored program expects of a run, and what of it did not come true. */
import type { Profile } from '../stacks/index.js';
import { randomValues } from './digest.js';

/** What one field of one step's line must be, alike for all profiles or by each. */
export interface Expectation {
  readonly step: number;
  /**
   * A path into the line (`ret`, `errors`, `handles.c.refs`, `misuse`), or `ret.bytes` (how many bytes of hex), or
   * `events.new`, `events.remove` (names, in the order of the callbacks), `events.freed` (names, sorted), `events.get`
   * (lengths of the ids in bytes). A path that leads nowhere has the value null.
   */
  readonly field: string;
  readonly value?: unknown;
  readonly byProfile?: Readonly<Partial<Record<Profile, unknown>>>;
}

/** An expectation that a run did not fulfil. */
export interface Unfulfilled {
  readonly step: number;
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** What a program's file expects of its steps, as far as it is of this form; other keys and forms are for other tools. */
export function expectationsOf(file: Readonly<Record<string, unknown>>): readonly Expectation[] {
  const listed: unknown = file['expect'];
  if (!Array.isArray(listed)) return [];
  return listed.filter(
    (one): one is Expectation => Number.isInteger(at(one, 'step')) && typeof at(one, 'field') === 'string',
  );
}

/** Seconds by which a time may differ from what was expected: a real clock runs on. */
const clockSecondsMax = 2;

/**
 * What a run's lines do not fulfil.
 * @param lines - as they are written, one a step, from the first on
 */
export function unfulfilled(
  expectations: readonly Expectation[],
  lines: readonly string[],
  profile: Profile,
): readonly Unfulfilled[] {
  const observations = lines.map((line): unknown => JSON.parse(line));
  return expectations.flatMap(({ step, field, value, byProfile }) => {
    const expected = byProfile === undefined ? value : byProfile[profile];
    const found = fieldOf(observations[step], field);
    return same(expected, found) ? [] : [{ step, field, expected, found }];
  });
}

/** Fields that say all of what a difference in one field is about. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  events: ['events.new', 'events.remove', 'events.get', 'events.freed'],
};

/**
 * What a program must expect of a step, so that a difference in `field` never comes back unseen.
 * @param line - of real OpenSSL, as it is written
 */
export function expectationsFor(
  { step, field, call }: { readonly step: number; readonly field: string; readonly call: string },
  line: string,
  profile: Profile,
): readonly Expectation[] {
  const observed: unknown = JSON.parse(line);
  const named = field === 'ret' && randomValues.includes(call) ? ['ret.bytes'] : (fieldsOf[field] ?? [field]);
  return named.map((one) => ({ step, field: one, byProfile: { [profile]: fieldOf(observed, one) } }));
}

/** The value of a field of a line, as an expectation names it. */
export function fieldOf(line: unknown, field: string): unknown {
  const [first = '', name = ''] = field.split('.');
  if (field === 'ret.bytes') return String(at(line, 'ret')).length / 2;
  if (first === 'events') return happenings(at(line, 'events'), name);
  return field.split('.').reduce(at, line);
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return new Map<string, unknown>(Object.entries(value)).get(key) ?? null;
}

/** The events of one name: what they happened to; of `get` the length of the id in bytes. */
function happenings(events: unknown, name: string): unknown {
  if (!Array.isArray(events)) return null;
  const found = events.map((event) => at(event, name)).filter((what) => what !== null);
  if (name === 'freed') return found.sort();
  return name === 'get' ? found.map((id) => String(id).length / 2) : found;
}

function same(expected: unknown, found: unknown): boolean {
  const [wanted, time] = [at(expected, 'now'), at(found, 'now')];
  if (typeof wanted === 'number' && typeof time === 'number') return Math.abs(wanted - time) <= clockSecondsMax;
  return JSON.stringify(expected) === JSON.stringify(found);
}
