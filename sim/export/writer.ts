/** Steps of a program as statements of C. */
import type { ProgramStoryStep } from '../explain/index.js';
import { type Argument, type ArgumentKind, calls, handleOf, type Program, type ProgramStep } from '../program/index.js';
import { callbackFunction } from './callbacks.js';
import { type CArgument, type CStatements, statementsOf, unnamed } from './calls.js';
import { ExportError } from './error.js';
import { bytesLiteral, cArray, cNumber, commentText, cString, fitted, isReadable, wrapped } from './literals.js';
import { everyStep, type Variable, variablesOf } from './names.js';

/** Longer bytes are an array of their own; characters are easier to read. */
const inlineBytesMax = 8;
const inlineCharactersMax = 40;
/** A line of a test is no longer, less the indentation of a step. */
export const statementWidth = 75;

export type ToldStep = Omit<ProgramStoryStep, 'decisions'>;

/** A step as its file has it. */
export interface RawStep {
  readonly args?: readonly unknown[];
  readonly steps?: readonly RawStep[];
  readonly returns?: unknown;
}

/** Where a step stands. */
export interface StepSite {
  /** In the program, or in its body. */
  readonly number: number;
  /** `7`, and `7_0` in the body of that step. */
  readonly path: string;
  readonly raw: RawStep | undefined;
  /** What the model shows of it; of steps of bodies, which may run many times, nothing. */
  readonly told: ToldStep | 'body' | undefined;
  /** In a body: whether the session that its callback is given may be NULL. */
  readonly mayLackSession?: boolean;
}

export class Writer {
  readonly arrays: string[] = [];
  /** Of callbacks, each behind those that stand in its own body. */
  readonly functions: string[] = [];
  readonly variables: ReadonlyMap<string, Variable>;
  readonly #program: Program;
  readonly #nulls: ReadonlySet<number>;
  /** A get callback hands out sessions that are the test's own. */
  readonly #handsOut: boolean;

  /** Bodies run where transports are read or written. */
  readonly #hasPoints: boolean;

  constructor(program: Program, nulls: ReadonlySet<number>) {
    this.#program = program;
    this.#nulls = nulls;
    this.variables = variablesOf(program);
    this.#hasPoints = everyStep(program.steps).some(
      ({ body }) => body?.callback === 'read' || body?.callback === 'write',
    );
    this.#handsOut = everyStep(program.steps).some(
      ({ call, args: [, mode] }) => call === 'sim_on_get' && mode?.kind === 'word' && mode.word !== 'miss',
    );
  }

  /** The lines of a step. */
  block(step: ProgramStep, site: StepSite): string[] {
    const { number, path, told } = site;
    const statements = step.body === undefined ? statementsOf(step.call) : this.#installs(step, site);
    if (statements === undefined) throw new ExportError(`steps[${path}]`, `${step.call} cannot be said in C`);
    const args = this.#arguments(step, site);
    const variable = step.let === undefined ? undefined : this.variables.get(step.let)?.text;
    const name = step.let === undefined ? 'NULL' : told === 'body' ? `again(${cString(step.let)})` : cString(step.let);
    const made = this.#withOwnership(step, args, [...statements({ call: step.call, args, variable, name })]);
    if (step.call === 'SSL_new' || step.call === 'SSL_dup') {
      made.splice(1, 0, ...this.#silence(step, variable ?? unnamed('ssl'), { site, from: args[0]?.text ?? '' }));
    }
    const lines = [`step(${number}, "${step.call}");`, ...(this.#hasPoints ? ['watch_points();'] : [])];
    const nulls = told === 'body' || this.#nulls.has(number) ? this.#nullTest(step, site) : '';
    if (nulls === '') lines.push(...made.flatMap((line) => fitted(line, statementWidth)));
    else {
      const inner = made.flatMap((line) => fitted(line, statementWidth - 4));
      lines.push(`if (${nulls}) {`, '    null_handle();', '} else {');
      lines.push(...inner.map((line) => (line.startsWith('#') ? line : `    ${line}`)), '}');
    }
    return told === 'body' ? lines : [...comment(expected(told)), ...lines];
  }

  #arguments(step: ProgramStep, { path, raw }: StepSite): readonly CArgument[] {
    const kinds = calls.get(step.call)?.args ?? [];
    return step.args.map((argument, index) =>
      this.#argument(argument, {
        kind: kinds[index] ?? 'int',
        raw: raw?.args?.[index],
        name: `bytes_${path}_${index}`,
      }),
    );
  }

  /** A handle as C text, as a callback answers it. */
  handle(name: string): string {
    return this.#argument({ kind: 'name', name }, { kind: 'session', raw: undefined, name: '' }).text;
  }

  /** `sim_on`: the callback is a function of its own. */
  #installs(step: ProgramStep, site: StepSite): CStatements {
    const { body, args } = step;
    const [first] = args;
    const owner = first?.kind === 'name' ? this.variables.get(first.name) : undefined;
    const given = first?.kind === 'name' && first.name.startsWith('@') ? first.name.slice(1) : undefined;
    const isConnection = owner?.kind === 'ssl' || given === 'ssl';
    if (body === undefined) throw new ExportError(`steps[${site.path}]`, 'a callback without a body');
    const { text, installs } = callbackFunction(body, { writer: this, site, isConnection });
    this.functions.push(text);
    return ({ args: [object] }) => [installs(object?.text ?? ''), 'returned(1);'];
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
        if (argument.name.startsWith('@')) return { argument, text: `at_${argument.name.slice(1)}` };
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
        if (kind === 'protocols') return protocols(argument);
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
    { site: { number, told }, from }: { readonly site: StepSite; readonly from: string },
  ): readonly string[] {
    if (call === 'SSL_dup') return [`if (${variable} != ${from})`, `    no_transport(${variable});`];
    if (told === 'body') return [`no_transport(${variable});`];
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
  #nullTest({ call, args }: ProgramStep, { mayLackSession = false }: StepSite): string {
    const kinds = calls.get(call)?.args ?? [];
    const tests = args.flatMap((argument, index) => {
      const handle = handleOf(kinds[index] ?? 'int');
      if (handle?.nullable === true) return [];
      if (argument.kind === 'null') return handle === undefined ? [] : ['1'];
      if (argument.kind !== 'name') return [];
      if (argument.name === '@session' && mayLackSession) return ['at_session == NULL'];
      const variable = this.variables.get(argument.name);
      return variable === undefined ? [] : [`${variable.text}${variable.kind === 'bytes' ? '.data' : ''} == NULL`];
    });
    return tests.join(' || ');
  }
}

/** RFC 7301 §3.1: names with commas between, each behind its length. */
function protocols(argument: Extract<Argument, { kind: 'text' }>): CArgument {
  const names = argument.text === '' ? [] : argument.text.split(',');
  const list = names.flatMap((name) => [name.length, ...Buffer.from(name, 'latin1')]);
  return { argument, text: bytesLiteral(Uint8Array.from(list)), length: String(list.length) };
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

/** A comment in as many lines as it takes. */
export function comment(text: string): readonly string[] {
  const lines = wrapped(commentText(text), statementWidth - 3);
  if (lines.length === 1 && (lines[0]?.length ?? 0) <= statementWidth - 6) return [`/* ${lines[0]} */`];
  return ['/*', ...lines.map((line) => ` * ${line}`), ' */'];
}
