/** Finds scenarios and workloads: those that come with simtls, by name, and a user's own scenarios, by file. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type PlanSource, scenarioSource } from '../campaign/index.js';
import { checkRecording, isScenario, type Scenario, ScenarioError } from '../scenario/index.js';
import { workloads } from '../workload/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import { nearest } from './nearest.js';

/** The scenarios that come with simtls, by name. */
export async function builtInScenarios(): Promise<readonly Scenario[]> {
  const folder = new URL('../../scenarios/', import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
  const found = await Promise.all(files.map((file) => load(new URL(file, folder))));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The scenarios and workloads of these names or files; all scenarios that come with simtls where none is named.
 * @throws CommandFailure for one that there is not, with the nearest, or that is no scenario
 */
export async function findSources(names: readonly string[]): Promise<readonly PlanSource[]> {
  const known: readonly PlanSource[] = (await builtInScenarios()).map(scenarioSource);
  if (names.length === 0) return known;
  const found: PlanSource[] = [];
  for (const name of names) {
    const builtIn = [...known, ...workloads].find((one) => one.name === name);
    if (builtIn !== undefined) found.push(builtIn);
    else if (isPath(name)) found.push(scenarioSource(await loadFile(name)));
    else throw unknownScenario(name, [...known, ...workloads]);
  }
  return found;
}

function isPath(name: string): boolean {
  return /[/\\]|\.(?:m?js|m?ts)$/u.test(name);
}

async function loadFile(name: string): Promise<Scenario> {
  const path = resolve(name);
  if (!existsSync(path)) throw new CommandFailure(exitCodes.usedWrongly, `there is no file ${path}`);
  try {
    const loaded = await load(pathToFileURL(path));
    checkRecording(loaded, { seed: '1', profile: '3.0' });
    return loaded;
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    const told = cause instanceof ScenarioError ? cause.message : `cannot be loaded: ${messageOf(cause)}`;
    throw new CommandFailure(exitCodes.usedWrongly, `${name}: ${told}`, { cause });
  }
}

async function load(url: URL): Promise<Scenario> {
  const module: unknown = await import(url.href);
  const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (isScenario(value)) return value;
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${fileURLToPath(url)}: expected a default export made by scenario({ name, title, answers, record })`,
  );
}

function unknownScenario(name: string, known: readonly PlanSource[]): CommandFailure {
  const near = nearest(
    name,
    known.map((one) => one.name),
  );
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  return new CommandFailure(
    exitCodes.usedWrongly,
    `no scenario or workload is called ${name}${hint} (simtls list names all)`,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
