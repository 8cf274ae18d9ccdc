/** From JSON to a program, or a typed refusal that says where and why. docs/programs.md, "The file". */
import type { Profile } from '../stacks/index.js';
import {
  type ArgumentKind,
  anyMethodNames,
  callbackNames,
  calls,
  clockMillisecondsMax,
  clockSecondsMax,
  getModes,
  handleOf,
  isNamed,
  lengthMax,
  methodNames,
  objectKinds,
  ticketsMax,
  transportBytesMax,
} from './calls.js';
import { cipherIds, cipherNames, constantValue, plainNumber } from './constants.js';
import { type Body, parseBody } from './parse-body.js';
import { expected, isRecord, ProgramError, record, type Site, shown } from './refusal.js';

export { ProgramError } from './refusal.js';

/** What stands for one argument of a call, already in the C type that the call takes. */
export type Argument =
  | { readonly kind: 'null' }
  /** A handle, or bytes, that an earlier step bound. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number | bigint }
  /** Seconds from now. */
  | { readonly kind: 'now'; readonly seconds: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A method's name, or a mode of `sim_on_get`. */
  | { readonly kind: 'word'; readonly word: string };

export interface ProgramStep {
  readonly call: string;
  readonly args: readonly Argument[];
  /** The name that the result is bound to. */
  readonly let?: string;
  /** Of `sim_on`: what runs in the callback. */
  readonly body?: Body;
}

export interface Program {
  readonly profile: Profile;
  readonly steps: readonly ProgramStep[];
}

export const programFormat = 'simtls-program/1';
const profiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A session first met without a `let` is `#1`, `#2`, …; what a body binds again is `x.2`, `x.3`, … */
const referencePattern = /^(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[1-9][0-9]*)?|#[1-9][0-9]*)$/;

/**
 * Reads a program from its text, or from the value that the text stands for.
 * @param profile - in place of the one that the file names
 * @throws ProgramError
 */
export function parseProgram(source: unknown, { profile }: { readonly profile?: Profile | undefined } = {}): Program {
  const file = record(typeof source === 'string' ? parseJson(source) : source, '', 'a program is an object');
  if (file['format'] !== programFormat) {
    throw new ProgramError('format', `expected "${programFormat}", found ${shown(file['format'])}`);
  }
  const own = file['profile'];
  if (!(own === undefined && profile !== undefined) && !profiles.some((known) => known === own)) {
    throw new ProgramError('profile', `expected one of ${profiles.join(', ')}, found ${shown(own)}`);
  }
  const chosen = profile ?? profiles.find((known) => known === own) ?? '3.0';
  if (!Array.isArray(file['steps'])) throw new ProgramError('steps', `expected a list, found ${shown(file['steps'])}`);
  const bound = new Set<string>();
  const steps = file['steps'].map((value: unknown, index) => {
    const step = parseStep(value, { place: `steps[${index}]`, profile: chosen });
    bindOnce(step, `steps[${index}]`, bound);
    return step;
  });
  return { profile: chosen, steps };
}

function bindOnce(step: ProgramStep, place: string, bound: Set<string>): void {
  if (step.let !== undefined) {
    if (bound.has(step.let)) throw new ProgramError(`${place}.let`, `${step.let} is bound twice`);
    bound.add(step.let);
  }
  for (const [index, inner] of (step.body?.steps ?? []).entries()) bindOnce(inner, `${place}.steps[${index}]`, bound);
}

/**
 * Reads one step, of a program or of a plan.
 * @throws ProgramError
 */
export function parseStep(value: unknown, site: Site): ProgramStep {
  const { place } = site;
  const step = record(value, place, 'a step is an object');
  const call = step['call'];
  if (typeof call !== 'string') throw new ProgramError(`${place}.call`, `expected a call's name, found ${shown(call)}`);
  const shape = calls.get(call);
  if (shape === undefined) throw new ProgramError(`${place}.call`, `unknown call ${shown(call)}`);
  const given: unknown = step['args'] ?? [];
  if (!Array.isArray(given)) throw new ProgramError(`${place}.args`, `expected a list, found ${shown(given)}`);
  const required = shape.required ?? shape.args.length;
  if (given.length < required || given.length > shape.args.length) {
    const wanted = required === shape.args.length ? `${required}` : `${required} to ${shape.args.length}`;
    throw new ProgramError(`${place}.args`, `${call} takes ${wanted} arguments, found ${given.length}`);
  }
  const args = shape.args
    .slice(0, given.length)
    .map((kind, index) => parseArgument(kind, given[index], { ...site, place: `${place}.args[${index}]` }));
  const name = step['let'];
  if (shape.takesBody === true) {
    if (name !== undefined) throw new ProgramError(`${place}.let`, `${call} returns nothing to name`);
    return { call, args, body: parseBody(step, { callback: args[1], site, parseStep, parseArgument }) };
  }
  if (name === undefined) return { call, args };
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new ProgramError(`${place}.let`, `expected a name of letters, digits and _, found ${shown(name)}`);
  }
  if (!isNamed(shape.returns)) throw new ProgramError(`${place}.let`, `${call} returns nothing to name`);
  return { call, args, let: name };
}

function parseArgument(kind: ArgumentKind, value: unknown, site: Site): Argument {
  if (handleOf(kind) !== undefined) {
    if (value === null) return { kind: 'null' };
    const name = givenTo(site, value) ?? reference(value);
    if (name !== undefined) return { kind: 'name', name };
    throw expected('a handle ("$name" or null)', value, site);
  }
  switch (kind) {
    case 'int':
      return number(kind, value, site, (n) => BigInt.asIntN(32, n));
    case 'uint32':
      return number(kind, value, site, (n) => BigInt.asUintN(32, n));
    case 'long':
      return number(kind, value, site, (n) => n);
    case 'uint64':
      return number(kind, value, site, (n) => BigInt.asUintN(64, n));
    case 'tickets':
      return within(kind, value, site, { min: 0, max: ticketsMax, what: 'tickets' });
    case 'length':
      return within(kind, value, site, { min: 0, max: lengthMax, what: 'bytes' });
    case 'count':
      return within(kind, value, site, { min: 0, max: transportBytesMax, what: 'bytes' });
    case 'cipher':
      return cipher(value, site);
    case 'objectKind':
      return word(objectKinds, value, site);
    case 'name': {
      const argument = text(value, site);
      if (argument.kind === 'text') return argument;
      throw expected('a string ({ "text": … })', value, site);
    }
    case 'protocols':
      return protocols(value, site);
    case 'anyMethod':
      return word(anyMethodNames, value, site);
    case 'seconds':
      return within(kind, value, site, { min: -clockSecondsMax, max: clockSecondsMax, what: 'seconds' });
    case 'milliseconds':
      return within(kind, value, site, { min: 0, max: clockMillisecondsMax, what: 'milliseconds' });
    case 'time':
      return isRecord(value) ? relativeTime(value, site) : number(kind, value, site, (n) => n);
    case 'bytes':
      return bytes(value, site);
    case 'text':
      return text(value, site);
    case 'boolean':
      if (typeof value === 'boolean') return { kind: 'boolean', value };
      throw expected('true or false', value, site);
    case 'method':
      return word(methodNames, value, site);
    case 'callback':
      return word(callbackNames, value, site);
    default:
      return word(getModes, value, site);
  }
}

function number(kind: ArgumentKind, value: unknown, site: Site, cast: (n: bigint) => bigint): Argument {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return { kind: 'number', value: plainNumber(cast(BigInt(value))) };
  }
  if (typeof value === 'number') {
    throw new ProgramError(site.place, `expected an integer within ±(2^53−1), found ${String(value)}`);
  }
  if (typeof value === 'string' && !value.startsWith('$')) {
    const constant = constantValue(value, site.profile);
    if (constant === undefined) throw new ProgramError(site.place, `unknown constant ${shown(value)}`);
    return { kind: 'number', value: plainNumber(cast(BigInt(constant))) };
  }
  throw expected(kind === 'time' ? 'a time (a number or { "now": n })' : 'a number', value, site);
}

function cipher(value: unknown, site: Site): Argument {
  const argument = number('cipher', value, site, (n) => n);
  if (argument.kind === 'number' && cipherIds.includes(Number(argument.value))) return argument;
  throw expected(`a cipher (${cipherNames.join(', ')})`, value, site);
}

function protocols(value: unknown, site: Site): Argument {
  const argument = text(value, site);
  if (argument.kind === 'text' && argument.text.split(',').every((name) => name !== '' && name.length <= 255)) {
    return argument;
  }
  throw expected('protocols ({ "text": "h2,http/1.1" })', value, site);
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly what: string;
}

function within(kind: ArgumentKind, value: unknown, site: Site, { min, max, what }: Range): Argument {
  const argument = number(kind, value, site, (n) => n);
  if (argument.kind === 'number' && (argument.value < min || argument.value > max)) {
    throw new ProgramError(site.place, `expected ${min} to ${max} ${what}, found ${String(argument.value)}`);
  }
  return argument;
}

function relativeTime(value: Readonly<Record<string, unknown>>, site: Site): Argument {
  const seconds = value['now'];
  if (Object.keys(value).length === 1 && typeof seconds === 'number' && Number.isSafeInteger(seconds)) {
    return { kind: 'now', seconds };
  }
  throw expected('a time (a number or { "now": n })', value, site);
}

function bytes(value: unknown, site: Site): Argument {
  if (value === null) return { kind: 'null' };
  const name = reference(value);
  if (name !== undefined) return { kind: 'name', name };
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { hex, text: characters } = value;
    if (typeof hex === 'string' && /^(?:[0-9a-fA-F]{2})*$/.test(hex)) {
      return { kind: 'bytes', bytes: new Uint8Array(Buffer.from(hex, 'hex')) };
    }
    if (typeof characters === 'string') {
      return { kind: 'bytes', bytes: new Uint8Array(Buffer.from(characters, 'utf8')) };
    }
  }
  throw expected('bytes ({ "hex": … }, { "text": … } or "$name")', value, site);
}

function text(value: unknown, site: Site): Argument {
  if (value === null) return { kind: 'null' };
  if (isRecord(value) && Object.keys(value).length === 1 && typeof value['text'] === 'string') {
    // A C string ends at its first NUL.
    return { kind: 'text', text: value['text'].split('\0', 1)[0] ?? '' };
  }
  throw expected('a string ({ "text": … } or null)', value, site);
}

function word(known: readonly string[], value: unknown, site: Site): Argument {
  if (typeof value === 'string' && known.includes(value)) return { kind: 'word', word: value };
  if (typeof value === 'string' && !value.startsWith('$')) {
    throw new ProgramError(site.place, `unknown constant ${shown(value)}: expected one of ${known.join(', ')}`);
  }
  throw expected(`one of ${known.join(', ')}`, value, site);
}

/** `$@ctx` and its like: what the callback was given in whose body it stands. */
function givenTo({ place, given = [] }: Site, value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('$@')) return undefined;
  const name = value.slice(1);
  if (given.includes(name)) return name;
  const known = given.length === 0 ? 'known in the body of a callback alone' : `not among ${given.join(', ')}`;
  throw new ProgramError(place, `${name} is ${known}`);
}

function reference(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('$')) return undefined;
  const name = value.slice(1);
  return referencePattern.test(name) ? name : undefined;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new ProgramError('', `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
