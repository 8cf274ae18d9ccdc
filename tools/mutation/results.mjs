// What became of mutants, kept in a file line by line as it is known, so that a run that is ended has lost nothing and is gone on with.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The results that a file has. @throws Error where it is none that --out wrote */
export function readResults(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop(); // nothing, or the half of a line in which a run was ended
  return lines.map((line, at) => parsed(line, `${path}:${at + 1}`));
}

function parsed(line, place) {
  try {
    const result = JSON.parse(line);
    if (typeof result.key === 'string') return result;
  } catch {
    // is told below, as what is JSON and no result is
  }
  throw new Error(`${place}: expected a result that --out wrote, got ${line.slice(0, 60)}: give --out another file`);
}

/** The results of these mutants, one line each in the file at `path`; without one they are only kept in mind. */
export class Results {
  #path;
  #byKey;

  /** What a file has already is known, and is not tried again. */
  constructor(path) {
    const known = path !== undefined && existsSync(path) ? readResults(path) : [];
    this.#path = path;
    this.#byKey = new Map(known.map((result) => [result.key, result]));
    if (path !== undefined) writeFileSync(path, known.map(line).join(''));
  }

  has({ key }) {
    return this.#byKey.has(key);
  }

  add(result) {
    if (this.has(result)) return;
    this.#byKey.set(result.key, result);
    if (this.#path !== undefined) appendFileSync(this.#path, line(result));
  }

  /** Each mutant with what is known of it. */
  of(mutants) {
    return mutants.map((mutant) => ({ ...mutant, ...pick(this.#byKey.get(mutant.key)) }));
  }
}

function pick({ loaded, found } = {}) {
  return { loaded, found };
}

function line(result) {
  return `${JSON.stringify(result)}\n`;
}
