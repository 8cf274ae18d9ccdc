/** The variables of a test: a handle's own name wherever C takes it. */
import { calls, type HandleKind, isNamed, type Program, type ProgramStep } from '../program/index.js';
import { namesOfParts } from './parts.js';

export interface Variable {
  readonly text: string;
  readonly kind: HandleKind | 'bytes';
}

/** Names that C, its compilers or the statements of steps have taken. */
const takenNames: readonly string[] = (
  'asm auto break case char const continue default do double else enum extern float for goto if inline int long main ' +
  'register restrict return short signed sizeof static struct switch typedef typeof union unsigned void volatile while ' +
  'at_ctx at_ssl at_session abort div exit free index log malloc pow printf puts read signal sin write y0 y1 yn j0 j1 jn cipher data encoded into length number place ret size text time turns linux unix errno environ stdin stdout stderr'
).split(' ');

/** The variable of each name that the program binds; bytes that no step takes have none. */
export function variablesOf(program: Program): ReadonlyMap<string, Variable> {
  const steps = everyStep(program.steps);
  const taken = new Set([...takenNames, ...namesOfParts()]);
  const wanted = new Set(steps.flatMap(({ args }) => args.map((one) => (one.kind === 'name' ? one.name : ''))));
  const variables = new Map<string, Variable>();
  for (const { call, let: name } of steps) {
    const returns = calls.get(call)?.returns;
    if (name === undefined || returns === undefined || !isNamed(returns)) continue;
    if (returns === 'bytes' && !wanted.has(name)) continue;
    let text = variableName(name);
    while (taken.has(text)) text += '_';
    taken.add(text);
    variables.set(name, { text, kind: returns as Variable['kind'] }); // isNamed: one of these
  }
  return variables;
}

/** The steps, those of bodies among them. */
export function everyStep(steps: readonly ProgramStep[]): readonly ProgramStep[] {
  return steps.flatMap((step) => [step, ...everyStep(step.body?.steps ?? [])]);
}

/** Macros of the headers are capitals, their functions begin with a library's name; an underscore in front is the compiler's. */
function variableName(name: string): string {
  if (/^(?:[A-Z0-9_]+$|SSL|TLS|OPENSSL|CRYPTO|BIO|ERR|EVP|X509|PEM|LH|lh_|i2d|d2i)/.test(name)) return `my_${name}`;
  return name.startsWith('_') ? `my${name}` : name;
}
