/** The corpus on disk. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Expectation } from '../../sim/program/index.js';

const folder = new URL('../../../scenarios/corpus/programs/', import.meta.url);

export interface CorpusProgram {
  readonly file: string;
  readonly text: string;
  readonly row: string;
  readonly steps: readonly unknown[];
  readonly expect: readonly Expectation[];
}

export interface CorpusIndex {
  readonly rows: readonly {
    readonly row: string;
    readonly files?: readonly string[];
    /** Where the format cannot say it: tests that ask the model and real OpenSSL. */
    readonly tests?: readonly string[];
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
