/** The story of an API program as lines of text. */
import { type ObservedReturn, writeReturn } from '../program/index.js';
import type { Compared, ProgramEnd, ProgramStory, ProgramStoryBody, ProgramStoryStep } from './program.js';

/** Steps of a long program that are told: so many at its start, and so many before its end. */
const toldAtStartMax = 60;
const toldAtEndMax = 60;

export function programStoryLines({ name, profile, defects, steps, end, compared }: ProgramStory): readonly string[] {
  const on = defects.length === 0 ? '' : `, with ${defects.join(', ')}`;
  const leftOut = Math.max(0, steps.length - toldAtStartMax - toldAtEndMax);
  return [
    `${name === '' ? 'an API program' : name}, profile ${profile}${on}`,
    '',
    'what each step did on the model',
    ...steps.slice(0, toldAtStartMax).flatMap(stepLines),
    ...(leftOut === 0 ? [] : [`  … ${leftOut} steps …`]),
    ...steps.slice(toldAtStartMax + leftOut).flatMap(stepLines),
    '',
    ...endLines(end),
    ...comparedLines(compared, steps),
  ];
}

function stepLines({
  step,
  call,
  ret,
  errors,
  changes,
  decisions = [],
  bodies,
}: Omit<ProgramStoryStep, 'decisions'> & Partial<ProgramStoryStep>): readonly string[] {
  const told = errors.map(({ error }) => error).join(', ');
  return [
    `${String(step).padStart(5)}  ${call}${ret === '' ? '' : ` → ${ret}`}${told === '' ? '' : ` (${told})`}`,
    ...errors.flatMap(({ error, means }) => (means === '' ? [] : [`         ${error}: ${means}`])),
    ...decisions.map(({ side, code, means }) => `         ${side}: ${code}: ${means}`),
    ...bodies.flatMap(bodyLines),
    ...changes.map((change) => `         ${change}`),
  ];
}

function bodyLines({ callback, steps, returned }: ProgramStoryBody): readonly string[] {
  return [
    `         in ${callback}`,
    ...steps.flatMap(stepLines).map((line) => `        ${line}`),
    ...(returned === '' ? [] : [`         ${callback} returns ${returned}`]),
  ];
}

function endLines(end: ProgramEnd): readonly string[] {
  switch (end.kind) {
    case 'ran':
      return ['the model came to its end'];
    case 'crash':
      return [`BROKEN in step ${end.step}: the model says that libssl dies here of ${end.signal}`];
    case 'unable':
      return [`the model stops here: ${end.reason}`];
    case 'misuse': {
      const { line, means, helps } = end;
      const { held = [], freedBy } = line;
      return [
        `BROKEN in step ${line.step}: ${line.misuse} of ${line.handle}: ${means}`,
        ...(held.length === 0
          ? []
          : [`  held by ${held.map((one) => `${one.holder} since step ${one.step}`).join(', ')}`]),
        ...(freedBy === undefined ? [] : [`  freed by ${freedBy.call} in step ${freedBy.step}`]),
        `  what to do: ${helps}`,
      ];
    }
  }
}

function comparedLines(compared: Compared, steps: readonly ProgramStoryStep[]): readonly string[] {
  if (compared.with === null) return [`real OpenSSL was not asked: ${compared.because}`];
  const { difference, byChance } = compared;
  if (byChance !== null) {
    const { step, field } = byChance;
    return [
      `${compared.with} does the same, but for step ${step} (${field}): its own random bytes decide what it answers`,
    ];
  }
  if (difference === null) return [`${compared.with} does the same in every step`];
  const { step, field, model, libssl } = difference;
  const call = steps.find((one) => one.step === step)?.call ?? '';
  return [
    `DIFFERENT from ${compared.with}, first in step ${step}, ${call}: ${field}`,
    `  the model: ${valueText(field, model)}`,
    `  ${compared.with}: ${valueText(field, libssl)}`,
  ];
}

function valueText(field: string, value: unknown): string {
  if (/(?:^|\.)ret$/u.test(field)) return writeReturn(value as ObservedReturn); // what the field `ret` of a line holds
  return JSON.stringify(value) ?? 'nothing';
}
