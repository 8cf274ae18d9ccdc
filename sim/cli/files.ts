/** The files that commands read: plans, findings and API programs, told apart by their `format`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Finding, findingFormat, parseFinding } from '../campaign/index.js';
import { type Plan, PlanError, parsePlan, planFormat, toPlan } from '../plan/index.js';
import { ProgramError, parseProgram, programFormat } from '../program/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';

/** What a file holds. `value` is the program as JSON gives it, with all its keys. */
export type Case =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'program'; readonly value: Readonly<Record<string, unknown>> };

/**
 * The text of a file; `-` is standard input.
 * @throws CommandFailure
 */
export function readText(path: string, io: Io): string {
  try {
    return path === '-' ? io.readInput() : readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `cannot read ${path}: ${cause instanceof Error ? cause.message : ''}`,
    );
  }
}

/**
 * The plan that a file holds: a plan, or a finding.
 * @throws CommandFailure
 */
export function readPlan(path: string, io: Io): Plan {
  const text = readText(path, io);
  return isFinding(objectOf(text)) ? findingIn(text, path).plan : planOf(text, path);
}

/**
 * The finding that a file holds.
 * @throws CommandFailure
 */
export function readFinding(path: string, io: Io): Finding {
  return findingIn(readText(path, io), path);
}

/** What a file may add to a plan. */
const additions = ['steps', 'faults', 'checks'] as const;

/**
 * The plan that a file holds, with the steps, faults and checks of another.
 * @throws CommandFailure
 */
export function readPlanWith(path: string, more: string, io: Io): Plan {
  const plan = readPlan(path, io);
  const added = objectOf(readText(more, io));
  const known =
    added !== undefined &&
    !Array.isArray(added) &&
    Object.keys(added).every((key) => additions.some((one) => one === key));
  if (!known || !Object.values(added).every(Array.isArray)) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `${more}: expected a JSON object with lists to add to a plan: ${additions.join(', ')}`,
    );
  }
  const lists = additions.map((key) => [key, [...plan[key], ...((added[key] ?? []) as readonly unknown[])]]); // lists: looked at just now
  try {
    return toPlan({ ...plan, ...Object.fromEntries(lists) });
  } catch (cause) {
    if (!(cause instanceof PlanError)) throw cause;
    throw new CommandFailure(exitCodes.usedWrongly, `${path} with ${more} is no plan: ${cause.message}`);
  }
}

/**
 * The plan, finding or program that a file holds.
 * @throws CommandFailure
 */
export function readCase(path: string, io: Io): Case {
  const text = readText(path, io);
  const value = objectOf(text);
  switch (value?.['format']) {
    case programFormat:
      try {
        parseProgram(value);
      } catch (cause) {
        if (!(cause instanceof ProgramError)) throw cause;
        throw new CommandFailure(exitCodes.usedWrongly, `${path} is no program: ${cause.message}`);
      }
      return { kind: 'program', value };
    case findingFormat:
      return { kind: 'finding', finding: findingIn(text, path) };
    case undefined:
      throw new CommandFailure(
        exitCodes.usedWrongly,
        `${path}: expected JSON with "format": "${planFormat}", "${findingFormat}" or "${programFormat}"`,
      );
    default:
      return { kind: 'plan', plan: planOf(text, path) };
  }
}

/**
 * The API program that a file holds, as JSON gives it.
 * @throws CommandFailure
 */
export function readProgram(path: string, io: Io): Readonly<Record<string, unknown>> {
  const found = readCase(path, io);
  if (found.kind === 'program') return found.value;
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${path} is a ${found.kind}: expected a program ("format": "${programFormat}")`,
  );
}

/**
 * Writes a file as JSON that a person can read.
 * @throws CommandFailure
 */
export function writeJson(path: string, value: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
  } catch (cause) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `cannot write ${path}: ${cause instanceof Error ? cause.message : ''}`,
    );
  }
}

function isFinding(value: Readonly<Record<string, unknown>> | undefined): boolean {
  return value?.['format'] === findingFormat;
}

function findingIn(text: string, path: string): Finding {
  try {
    return parseFinding(text);
  } catch (cause) {
    if (!(cause instanceof PlanError)) throw cause;
    throw new CommandFailure(exitCodes.usedWrongly, `${path} is no finding: ${cause.message}`, { cause });
  }
}

function planOf(text: string, path: string): Plan {
  try {
    return parsePlan(text);
  } catch (cause) {
    if (cause instanceof PlanError)
      throw new CommandFailure(exitCodes.usedWrongly, `${path} is no plan: ${cause.message}`);
    throw cause;
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Keys of whatever kind: each is looked at before it is used.
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
