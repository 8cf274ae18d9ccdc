/** The answers that pages print: of a program, what one field of one step's line holds on each line of OpenSSL. */
import { fieldOf, parseProgram, runProgram, writeLine } from '../../sim/program/index.js';
import type { Profile, Stack } from '../../sim/stacks/index.js';
import { differences, type ProfileName, profileNames } from '../../src/index.js';
import { type CorpusProgram, corpusPrograms } from './_corpus.js';

/** A place in a program's lines. */
export interface Place {
  readonly step: number;
  readonly field: string;
}

export type Answers = Readonly<Record<ProfileName, string>>;

/** JSON of the field on each line, from fresh stacks that are ended. */
export function answersOf({ text }: CorpusProgram, place: Place, open: (profile: Profile) => Stack): Answers {
  const found = profileNames.map((profile) => {
    const stack = open(profile);
    try {
      const line = [...runProgram(parseProgram(text, { profile }), stack)].map(writeLine)[place.step];
      return [profile, JSON.stringify(line === undefined ? null : fieldOf(JSON.parse(line), place.field))];
    } finally {
      stack.end();
    }
  });
  return Object.fromEntries(found);
}

/** A row of the page about the manual. */
export interface ManualRow {
  readonly program: CorpusProgram;
  readonly place: Place;
  /** The page of the manual; SSL_set_session(3) where nothing is said. */
  readonly page: string | undefined;
  readonly says: string;
  readonly does: string;
}

interface Told {
  readonly answer?: Place;
  readonly sentence?: string;
  readonly differs?: string;
  readonly manual?: { readonly page: string; readonly says: string; readonly does: string };
}

/** Every program that says where the manual speaks of it: SSL_set_session(3) first, then in the order of the files. */
export function manualRows(): readonly ManualRow[] {
  const rows = corpusPrograms().flatMap((program): ManualRow[] => {
    const { answer, sentence, differs, manual }: Told = JSON.parse(program.text);
    const says = manual?.says ?? sentence;
    if (says === undefined) return [];
    if (answer === undefined) throw new Error(`${program.file} does not say which answer it is about`);
    return [{ program, place: answer, page: manual?.page, says, does: manual?.does ?? differs ?? '' }];
  });
  return [...rows.filter(({ page }) => page === undefined), ...rows.filter(({ page }) => page !== undefined)];
}

/** Its row in docs/manual-and-openssl.md. */
export function manualLine({ program, place, page, says, does }: ManualRow, answers: Answers): string {
  const link = `[${program.row}](../scenarios/corpus/programs/${program.file})`;
  const shown = `step ${place.step}, \`${place.field}\``;
  const cells = profileNames.map((name) => `\`${answers[name]}\``);
  return `| ${[page ?? 'SSL_set_session(3)', says, does, `${link}, ${shown}`, ...cells].join(' | ')} |`;
}

/** A difference between the lines that a program shows. */
export interface ShownDifference {
  readonly name: string;
  readonly since: readonly ProfileName[];
  readonly program: CorpusProgram;
  readonly place: Place;
}

export function shownDifferences(): readonly ShownDifference[] {
  const programs = new Map(corpusPrograms().map((program) => [program.file, program]));
  return differences.flatMap(({ what, key, since, shown }) => {
    if (!('program' in shown)) return [];
    const program = programs.get(`${shown.program}.json`);
    if (program === undefined) throw new Error(`${shown.program} is no program of the corpus`);
    return [{ name: key ?? what, since, program, place: shown }];
  });
}

/** The lines whose answer is not that of the line before. */
export function changesIn(answers: Answers): readonly ProfileName[] {
  return profileNames.filter((name, index) => {
    const before = profileNames[index - 1];
    return before !== undefined && answers[before] !== answers[name];
  });
}
