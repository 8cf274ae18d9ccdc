/** The variables of a test: a handle's own name wherever C takes it. */
import { calls, type HandleKind, isNamed, type Program } from '../program/index.js';
import { namesOfParts } from './parts.js';

export interface Variable {
  readonly text: string;
  readonly kind: HandleKind | 'bytes';
}

/** Names that C, its compilers or the statements of steps have taken. */
const takenNames: readonly string[] = (
  'asm auto break case char const continue default do double else enum extern float for goto if inline int long main ' +
  'register restrict return short signed sizeof static struct switch typedef typeof union unsigned void volatile while ' +
  'data encoded length number ret text time turns linux unix errno environ stdin stdout stderr'
).split(' ');

/** The variable of each name that the program binds; bytes that no step takes have none. */
export function variablesOf({ steps }: Program): ReadonlyMap<string, Variable> {
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

/** Macros of the headers are capitals, their functions begin with a library's name; an underscore in front is the compiler's. */
function variableName(name: string): string {
  if (/^(?:[A-Z0-9_]+$|SSL|TLS|OPENSSL|CRYPTO|BIO|ERR|EVP|X509|PEM|LH|lh_|i2d|d2i)/.test(name)) return `my_${name}`;
  return name.startsWith('_') ? `my${name}` : name;
}
