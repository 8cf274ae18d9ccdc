/** `main` of an exported test: a block for each step of the program. */
import { type ProgramStoryStep, programStepsOf } from '../explain/index.js';
import {
  type Argument,
  type ArgumentKind,
  calls,
  handleOf,
  isObservation,
  type Program,
  type ProgramStep,
  parseProgram,
  runProgram,
  writeLine,
} from '../program/index.js';
import { openModel, profiles, StackUnable } from '../stacks/index.js';
import { type CArgument, statementsOf, unnamed } from './calls.js';
import { ExportError } from './error.js';
import { bytesLiteral, cArray, cNumber, commentText, cString, fitted, isReadable, wrapped } from './literals.js';
import { type Variable, variablesOf } from './names.js';
import { identifiers } from './parts.js';

/** What stands in the file beside the parts. */
export interface MainFunction {
  /** Bytes that are too long to stand in a call. */
  readonly arrays: readonly string[];
  readonly main: string;
}

/** Longer bytes are an array of their own; characters are easier to read. */
const inlineBytesMax = 8;
const inlineCharactersMax = 40;
/** A line of a test is no longer, less the indentation of a step. */
const statementWidth = 75;

type ToldStep = Omit<ProgramStoryStep, 'decisions'>;

interface RawStep {
  readonly args?: readonly unknown[];
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
  const blocks = program.steps
    .slice(0, stop)
    .map((step, number) => writer.block(step, { number, raw: raw[number]?.args ?? [], told: told[number] }));
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
  const main = `\nint main(void)\n{\n${declarations(body, writer.variables)}\n    start();\n\n${body}}\n`;
  return { arrays: writer.arrays, main };
}

/** A line of a step in its place; the preprocessor's begin the line. */
function placed(line: string): string {
  return line.startsWith('#') ? line : `    ${line}`;
}

/** Calls that may give NULL. */
const mayGiveNull: readonly string[] = ['SSL_get_session', 'SSL_get1_session', 'd2i_SSL_SESSION'];

/** Steps that some line of OpenSSL meets with NULL where the C function does not take it. */
function stepsWithNull(value: unknown, { steps }: Program): ReadonlySet<number> {
  const found = new Set<number>();
  const doubtful = new Set(steps.flatMap((step) => (mayGiveNull.includes(step.call) ? [step.let] : [])));
  const inDoubt = steps.some(({ call, args }) =>
    args.some((argument, index) => {
      const nullable = handleOf(calls.get(call)?.args[index] ?? 'int')?.nullable;
      if (argument.kind === 'null') return nullable === false;
      return argument.kind === 'name' && doubtful.has(argument.name) && nullable !== true;
    }),
  );
  if (!inDoubt) return found;
  for (const profile of profiles) {
    try {
      for (const line of runProgram(parseProgram(value, { profile }), openModel({ profile }))) {
        if (isObservation(line) && line.errors.includes('null handle')) found.add(line.step);
      }
    } catch (cause) {
      if (!(cause instanceof StackUnable)) throw cause; // what the model cannot do is taken as it comes
    }
  }
  return found;
}

interface StepSite {
  readonly number: number;
  readonly raw: readonly unknown[];
  readonly told: ToldStep | undefined;
}

class Writer {
  readonly arrays: string[] = [];
  readonly variables: ReadonlyMap<string, Variable>;
  readonly #program: Program;
  readonly #nulls: ReadonlySet<number>;
  /** A get callback hands out sessions that are the test's own. */
  readonly #handsOut: boolean;

  constructor(program: Program, nulls: ReadonlySet<number>) {
    this.#program = program;
    this.#nulls = nulls;
    this.variables = variablesOf(program);
    this.#handsOut = program.steps.some(
      ({ call, args: [, mode] }) => call === 'sim_on_get' && mode?.kind === 'word' && mode.word !== 'miss',
    );
  }

  /** The lines of a step. */
  block(step: ProgramStep, { number, raw, told }: StepSite): string[] {
    const statements = statementsOf(step.call);
    if (statements === undefined) throw new ExportError(`steps[${number}]`, `${step.call} cannot be said in C`);
    const kinds = calls.get(step.call)?.args ?? [];
    const args = step.args.map((argument, index) =>
      this.#argument(argument, { kind: kinds[index] ?? 'int', raw: raw[index], name: `bytes_${number}_${index}` }),
    );
    const variable = step.let === undefined ? undefined : this.variables.get(step.let)?.text;
    const name = step.let === undefined ? 'NULL' : cString(step.let);
    const made = this.#withOwnership(step, args, [...statements({ call: step.call, args, variable, name })]);
    if (step.call === 'SSL_new' || step.call === 'SSL_dup') {
      made.splice(1, 0, ...this.#silence(step, variable ?? unnamed('ssl'), { number, from: args[0]?.text ?? '' }));
    }
    const lines = [`step(${number}, "${step.call}");`];
    if (!this.#nulls.has(number)) lines.push(...made.flatMap((line) => fitted(line, statementWidth)));
    else {
      const inner = made.flatMap((line) => fitted(line, statementWidth - 4));
      lines.push(`if (${this.#nullTest(step)}) {`, '    null_handle();', '} else {');
      lines.push(...inner.map((line) => (line.startsWith('#') ? line : `    ${line}`)), '}');
    }
    return [...comment(expected(told)), ...lines];
  }

  #argument(
    argument: Argument,
    { kind, raw, name }: { readonly kind: ArgumentKind; readonly raw: unknown; readonly name: string },
  ): CArgument {
    switch (argument.kind) {
      case 'null':
        return kind === 'bytes'
          ? { argument, text: bytesLiteral(new Uint8Array()), length: '0' }
          : { argument, text: 'NULL' };
      case 'name': {
        const variable = this.variables.get(argument.name);
        if (variable === undefined) return { argument, text: `session_no(${argument.name.slice(1)})` };
        if (variable.kind !== 'bytes') return { argument, text: variable.text };
        return { argument, text: `${variable.text}.data`, length: `${variable.text}.length` };
      }
      case 'number':
        // A constant is written as the program has it.
        return { argument, text: typeof raw === 'string' ? raw.replaceAll('|', ' | ') : cNumber(argument.value) };
      case 'boolean':
        return { argument, text: argument.value ? '1' : '0' };
      case 'now':
        return { argument, text: nowText(argument.seconds) };
      case 'text':
        return { argument, text: cString(argument.text) };
      case 'word':
        return { argument, text: kind === 'getMode' ? argument.word.toUpperCase() : argument.word };
      case 'bytes': {
        const length = String(argument.bytes.length);
        const max = isReadable(argument.bytes) ? inlineCharactersMax : inlineBytesMax;
        if (argument.bytes.length <= max) return { argument, text: bytesLiteral(argument.bytes), length };
        this.arrays.push(cArray(name, argument.bytes));
        return { argument, text: name, length: `sizeof(${name})` };
      }
    }
  }

  /** A new connection has a transport, unless the next step that names it gives it one. */
  #silence(
    { call, let: name }: ProgramStep,
    variable: string,
    { number, from }: { readonly number: number; readonly from: string },
  ): readonly string[] {
    if (call === 'SSL_dup') return [`if (${variable} != ${from})`, `    no_transport(${variable});`];
    const next = this.#program.steps
      .slice(number + 1)
      .find(({ args }) => args.some((argument) => argument.kind === 'name' && argument.name === name));
    return next?.call === 'sim_pair' ? [] : [`no_transport(${variable});`];
  }

  /** Keeps count of the test's own references to sessions, where a get callback goes by it. */
  #withOwnership({ call, let: name }: ProgramStep, args: readonly CArgument[], made: string[]): string[] {
    if (!this.#handsOut) return made;
    const shape = calls.get(call);
    const [first] = args;
    if (shape?.takes === 'result' && shape.returns === 'session') {
      const result = name === undefined ? unnamed('session') : this.variables.get(name)?.text;
      return [...made, `own(${result}, 1);`];
    }
    if (call === 'SSL_SESSION_up_ref') return [...made, `own(${first?.text}, 1);`];
    if (call === 'SSL_SESSION_free') return [`own(${first?.text}, -1);`, ...made];
    return made;
  }

  /** Whether an argument is NULL that C does not take as such. */
  #nullTest({ call, args }: ProgramStep): string {
    const kinds = calls.get(call)?.args ?? [];
    const tests = args.flatMap((argument, index) => {
      const handle = handleOf(kinds[index] ?? 'int');
      if (handle?.nullable === true) return [];
      if (argument.kind === 'null') return handle === undefined ? [] : ['1'];
      if (argument.kind !== 'name') return [];
      const variable = this.variables.get(argument.name);
      return variable === undefined ? [] : [`${variable.text}${variable.kind === 'bytes' ? '.data' : ''} == NULL`];
    });
    return tests.join(' || ');
  }
}

function nowText(seconds: number): string {
  if (seconds === 0) return 'time(NULL)';
  return `time(NULL) ${seconds < 0 ? '-' : '+'} ${cNumber(Math.abs(seconds))}`;
}

/** What the model shows of a step. */
function expected(told: ToldStep | undefined): string {
  if (told === undefined) return 'OpenSSL is not expected to come here';
  const { ret, errors, changes } = told;
  const said = [
    ...(ret === '' ? [] : [`gives ${ret}`]),
    ...(errors.length === 0 ? [] : [`errors: ${errors.map(({ error }) => error).join(', ')}`]),
    ...changes,
  ];
  return said.length === 0 ? 'nothing changes that can be seen' : said.join('; ');
}

function comment(text: string): readonly string[] {
  const lines = wrapped(commentText(text), statementWidth - 3);
  if (lines.length === 1 && (lines[0]?.length ?? 0) <= statementWidth - 6) return [`/* ${lines[0]} */`];
  return ['/*', ...lines.map((line) => ` * ${line}`), ' */'];
}

/** The variables that a text uses, at its top. */
function declarations(body: string, variables: ReadonlyMap<string, Variable>): string {
  const used = identifiers(body);
  const named = (wanted: Variable['kind']): readonly string[] => {
    const names = [...variables.values()].filter(({ kind }) => kind === wanted).map(({ text }) => text);
    return [...names, ...(wanted === 'bytes' ? [] : [unnamed(wanted)])].filter((text) => used.has(text));
  };
  const list = (type: string, items: readonly string[]): readonly string[] =>
    items.length === 0
      ? []
      : wrapped(`${type} ${items.join(', ')};`, statementWidth - 4).map((line, index) =>
          index === 0 ? line : `    ${line}`,
        );
  const pointer = (text: string): string => `*${text} = NULL`;
  const lines = [
    ...list('SSL_CTX', named('ctx').map(pointer)),
    ...list('SSL', named('ssl').map(pointer)),
    ...list('SSL_SESSION', named('session').map(pointer)),
    ...list(
      'struct bytes',
      named('bytes').map((text) => `${text} = { NULL, 0 }`),
    ),
    ...Object.entries(ownVariables).flatMap(([name, declaration]) => (used.has(name) ? [declaration] : [])),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}

/** What statements keep a value in. */
const ownVariables: Readonly<Record<string, string>> = {
  ret: 'long ret;',
  number: 'unsigned long long number;',
  turns: 'int turns[3];',
  text: 'const char *text;',
  data: 'const unsigned char *data;',
  encoded: 'unsigned char *encoded;',
  length: 'unsigned int length;',
};
