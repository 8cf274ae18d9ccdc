/** The corpus on disk, and what its programs expect of a stack. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../scenarios/corpus/programs/', import.meta.url);

/** What one field of one step's observation must be, alike for all profiles or by each. */
export interface Expectation {
  readonly step: number;
  /**
   * A path into the observation (`ret`, `errors`, `handles.c.refs`), `ret.bytes` (how many bytes of hex), or `events.new`,
   * `events.remove`, `events.freed` (names in order), `events.get` (lengths of the ids). A path that leads nowhere is null.
   */
  readonly field: string;
  readonly value?: unknown;
  readonly byProfile?: Readonly<Record<string, unknown>>;
}

export interface CorpusProgram {
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly row: string;
  readonly needs?: string;
  readonly steps: readonly unknown[];
  readonly expect: readonly Expectation[];
}

export interface CorpusIndex {
  readonly rows: readonly {
    readonly row: string;
    readonly files?: readonly string[];
    readonly reason?: string;
  }[];
}

export function corpusIndex(): CorpusIndex {
  return JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
}

/** Every program of the corpus, by file name. */
export function corpusPrograms(): CorpusProgram[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'index.json')
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      return { ...JSON.parse(text), file, text };
    });
}

/** What a run's lines do not fulfil, a sentence each. */
export function unfulfilled(program: CorpusProgram, lines: readonly string[], profile: string): string[] {
  const observations = lines.map((line) => JSON.parse(line));
  return program.expect.flatMap(({ step, field, value, byProfile }) => {
    const wanted = byProfile === undefined ? value : byProfile[profile];
    const found = lookUp(observations[step], field);
    if (same(wanted, found)) return [];
    return [`step ${step} ${field}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`];
  });
}

function lookUp(observation: unknown, field: string): unknown {
  const [first = '', ...rest] = field.split('.');
  if (field === 'ret.bytes') return String(at(observation, 'ret')).length / 2;
  if (first === 'events') return happenings(at(observation, 'events'), rest[0] ?? '');
  return [first, ...rest].reduce(at, observation);
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return (value as Readonly<Record<string, unknown>>)[key] ?? null;
}

/** The events of one name: what they happened to; of `get` the length of the id in bytes. */
function happenings(events: unknown, name: string): unknown[] {
  if (!Array.isArray(events)) return ['no events'];
  return events
    .filter((event) => Object.hasOwn(event, name))
    .map((event) => (name === 'get' ? String(event.get).length / 2 : event[name]));
}

/** Equal; relative times may differ by 2 s. */
function same(wanted: unknown, found: unknown): boolean {
  const [a, b] = [at(wanted, 'now'), at(found, 'now')];
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 2;
  return JSON.stringify(wanted) === JSON.stringify(found);
}
