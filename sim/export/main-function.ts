/** `main` of an exported test, and what stands before it: arrays of bytes, variables that callbacks share, and callbacks. */
import { programStepsOf } from '../explain/index.js';
import { type Program, writeLine } from '../program/index.js';
import { ownDeclarations, programVariables } from './declarations.js';
import { ExportError } from './error.js';
import { cString } from './literals.js';
import { stepsWithNull } from './nulls.js';
import { comment, type RawStep, Writer } from './writer.js';

/** What stands in the file beside the parts. */
export interface MainFunction {
  /** Before the parts. */
  readonly arrays: readonly string[];
  /** Behind them. */
  readonly text: string;
  readonly hasBodies: boolean;
}

/**
 * @param value - the program, parsed from JSON
 * @throws ExportError
 */
export function mainOf(value: Readonly<Record<string, unknown>>, program: Program): MainFunction {
  const raw = value['steps'] as readonly RawStep[]; // parseProgram has taken it
  const { steps: told, end } = programStepsOf(value, { profile: program.profile });
  const writer = new Writer(program, stepsWithNull(value, program));
  const stop = end.kind === 'misuse' ? end.line.step : program.steps.length;
  if (end.kind === 'misuse' && end.line.nested !== undefined) {
    throw new ExportError(
      `steps[${stop}]`,
      `a misuse (${end.line.misuse}) in the body of a callback cannot be said in C`,
    );
  }
  const blocks = program.steps
    .slice(0, stop)
    .map((step, number) => writer.block(step, { number, path: String(number), raw: raw[number], told: told[number] }));
  if (end.kind === 'misuse') {
    const { held: _, ...line } = end.line;
    blocks.push([
      ...comment(
        `Not made: ${told[stop]?.call ?? end.line.call}. ${end.line.misuse} of ${end.line.handle}: ${end.means}`,
      ),
      `puts(${cString(writeLine(line))});`,
      'return 1;',
    ]);
  } else {
    blocks.push(['return 0;']);
  }
  const body = blocks.map((lines) => `${lines.map(placed).join('\n')}\n`).join('\n');
  const { variables, functions } = writer;
  const hasBodies = functions.length > 0;
  // Callbacks use the variables too.
  const shared = hasBodies
    ? `\n${programVariables([...functions, body].join(''), { variables, lead: 'static ' })}`
    : '';
  const own = hasBodies ? '' : programVariables(body, { variables, lead: '    ' });
  const main = `\nint main(void)\n{\n${own}${ownDeclarations(body)}\n    start();\n\n${body}}\n`;
  return { arrays: writer.arrays, text: [shared, ...functions, main].join(''), hasBodies };
}

/** A line of a step in its place; the preprocessor's begin the line. */
export function placed(line: string): string {
  return line.startsWith('#') ? line : `    ${line}`;
}
