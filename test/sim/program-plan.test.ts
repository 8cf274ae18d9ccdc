import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { programToPlan } from '../../sim/plan/index.js';
import { Comparison, type Line, parseProgram, runProgram } from '../../sim/program/index.js';
import { openModel, StackUnable } from '../../sim/stacks/index.js';
import { runPlan, WorldError } from '../../sim/world/index.js';
import { share } from '../_whole.js';
import { profiles } from './_scenarios.js';

const folder = new URL('../../../scenarios/corpus/programs/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json');

/**
 * Between two seconds that `sim_clock` puts, a program's clock goes on by the microseconds of its readings, as a process's does; in a
 * world the clock of the host is put to the second. In 3.5 these stand on such a microsecond.
 */
const onAMicrosecond: Readonly<Partial<Record<(typeof profiles)[number], readonly string[]>>> = {
  '3.5': ['R09-clock.json', 'R15-clock.json'],
};

/** What a program shows as a program; undefined where the model refuses it. */
function asProgram(text: string, profile: (typeof profiles)[number]): readonly Line[] | undefined {
  try {
    return [...runProgram(parseProgram(text, { profile }), openModel({ profile }))];
  } catch (error) {
    if (error instanceof StackUnable) return undefined;
    throw error;
  }
}

/** What it shows as a plan. */
function asPlan(text: string, profile: (typeof profiles)[number]): readonly Line[] | undefined {
  const lines: Line[] = [];
  try {
    runPlan(programToPlan(text, { profile }), { observe: (line) => lines.push(line) });
    return lines;
  } catch (error) {
    if (error instanceof WorldError) return undefined;
    throw error;
  }
}

for (const [turn, profile] of profiles.entries()) {
  test(`every program of the corpus shows the same as a plan, on ${profile}`, (t) => {
    const asked = share(files, turn, 3 * profiles.length);
    t.true(asked.length > 50);
    let compared = 0;
    for (const file of asked) {
      if (onAMicrosecond[profile]?.includes(file) === true) continue;
      const text = readFileSync(new URL(file, folder), 'utf8');
      const [program, plan] = [asProgram(text, profile), asPlan(text, profile)];
      t.is(program === undefined, plan === undefined, file);
      if (program === undefined || plan === undefined) continue;
      compared += 1;
      const comparison = new Comparison();
      // A program ends at its first misuse; a plan goes on after one that harms nothing.
      for (const [n, line] of program.entries()) t.is(comparison.next(line, plan[n]), undefined, `${file}, step ${n}`);
    }
    t.true(compared > asked.length / 2, `${compared} programs were compared`);
  });
}
