/** Explanations and stories as lines of text. */
import { type DefectName, defectOf } from 'simtls';
import type { Fault } from '../plan/index.js';
import type { Explanation } from './code.js';
import { type Move, toldAtStartMax } from './life.js';
import type { Story, StoryStep } from './story.js';

/** An explanation, each thing that is said on a line of its own. */
export function explanationLines({ code, kind, about }: Explanation): readonly string[] {
  return [`${code} (${kind})`, ...Object.entries(about).map(([what, text]) => `  ${what}: ${text}`)];
}

/** A story from what was broken, over the steps, to why each connection was resumed or not. */
export function storyLines(story: Story): readonly string[] {
  const { name, seed, profile, defects, object, steps, leftOut, connections, faults } = story;
  const on = defects.length === 0 ? '' : `, with ${defects.join(', ')}`;
  return [
    `${name === '' ? 'a plan' : name}, seed ${seed}, profile ${profile}${on}`,
    ...defects.flatMap(defectLines),
    ...brokenLines(story),
    ...faults.flatMap(faultLines),
    '',
    object === null ? 'what happened' : `what happened, and what it did to ${object.name} of ${object.host}`,
    ...steps.slice(0, toldAtStartMax).flatMap((step) => stepLines(step, object?.name ?? '')),
    ...(leftOut === 0 ? [] : [`  … ${leftOut} steps that have to do with it …`]),
    ...steps.slice(toldAtStartMax).flatMap((step) => stepLines(step, object?.name ?? '')),
    ...(connections.length === 0 ? [] : ['', 'connections']),
    ...connections.flatMap((one) => [
      `  ${one.connection} (${one.step}): ${one.client} to ${one.server}, ${one.outcome}`,
      ...one.decisions.map(({ side, code, means }) => `      ${side}: ${code}: ${means}`),
    ]),
  ];
}

function defectLines(name: DefectName): readonly string[] {
  const defect = defectOf(name);
  return defect === undefined ? [] : [`  ${name}: ${defect.mechanism}`, `    (${defect.source})`];
}

function faultLines({ id, at, action }: Fault): readonly string[] {
  const { do: what, ...rest } = action;
  const when = 'us' in at && at.us === 0 ? '' : ` when ${JSON.stringify(at)}`;
  return [`  ${id}: ${what} ${JSON.stringify(rest)}${when}`];
}

function brokenLines({ broken, fingerprint }: Story): readonly string[] {
  if (broken === null) return [`everything held, fingerprint ${fingerprint}`];
  const at = broken.step === '' ? '' : ` at ${broken.step}`;
  return [
    `${broken.expected ? 'BROKEN ON PURPOSE' : 'BROKEN'} ${broken.invariant} (${broken.owner})${at}`,
    `  ${broken.text}`,
    `  why it must hold: ${broken.reason}`,
    `  source: ${broken.source}`,
  ];
}

function stepLines(step: StoryStep, name: string): readonly string[] {
  const { call, outcome, errors, moves, broke } = step;
  const ended = outcome === '' ? '' : `: ${outcome}`;
  const why = errors.length === 0 ? '' : ` (${errors.join(', ')})`;
  const mark = broke ? '  ◀ broken here' : '';
  return [
    `  ${seconds(step.us)}  ${step.step}  ${call}${ended}${why}${mark}`,
    ...moves.map((move) => `                  ${name}: ${moveText(move)}`),
  ];
}

function moveText({ what, count, held }: Move): string {
  return `${what}; count ${count}, ${count === 0 ? 'it is gone' : `held by ${held.join(', ')}`}`;
}

/** Virtual seconds with all six digits, so that columns stand below each other. */
function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(6).padStart(12)} s`;
}
