/** Finds scenarios: those that come with simtls, by name, and a user's own, by file. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkRecording, isScenario, type Scenario, ScenarioError } from '../scenario/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import { nearest } from './nearest.js';

/** A scenario and the module whose default export it is. */
export interface ScenarioModule {
  readonly scenario: Scenario;
  /** As the command line calls it: its name, or the file that was named. */
  readonly called: string;
  readonly url: URL;
}

/** The scenarios that come with simtls, by name. */
export async function builtInScenarios(): Promise<readonly Scenario[]> {
  return (await builtInModules()).map(({ scenario }) => scenario);
}

/**
 * The scenarios of these names or files; all that come with simtls where none is named.
 * @throws CommandFailure for one that there is not, with the nearest, or that is no scenario
 */
export async function findScenarios(names: readonly string[]): Promise<readonly Scenario[]> {
  return (await findModules(names)).map(({ scenario }) => scenario);
}

/**
 * The same with their modules, for who loads them again.
 * @throws CommandFailure as `findScenarios` does
 */
export async function findModules(names: readonly string[]): Promise<readonly ScenarioModule[]> {
  const known = await builtInModules();
  if (names.length === 0) return known;
  const found: ScenarioModule[] = [];
  for (const name of names) {
    const builtIn = known.find((one) => one.called === name);
    if (builtIn !== undefined) found.push(builtIn);
    else if (isPath(name)) found.push(await loadFile(name));
    else throw unknownScenario(name, known);
  }
  return found;
}

async function builtInModules(): Promise<readonly ScenarioModule[]> {
  const folder = new URL('../../scenarios/', import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
  const urls = files.map((file) => new URL(file, folder));
  const found = await Promise.all(urls.map(async (url) => ({ url, scenario: await load(url) })));
  return found
    .map(({ url, scenario }) => ({ url, scenario, called: scenario.name }))
    .sort((a, b) => (a.called < b.called ? -1 : 1));
}

function isPath(name: string): boolean {
  return /[/\\]|\.(?:m?js|m?ts)$/u.test(name);
}

async function loadFile(name: string): Promise<ScenarioModule> {
  const path = resolve(name);
  if (!existsSync(path)) throw new CommandFailure(exitCodes.usedWrongly, `there is no file ${path}`);
  try {
    const url = pathToFileURL(path);
    const loaded = await load(url);
    checkRecording(loaded, { seed: '1', profile: '3.0' });
    return { scenario: loaded, called: name, url };
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

function unknownScenario(name: string, known: readonly ScenarioModule[]): CommandFailure {
  const near = nearest(
    name,
    known.map((one) => one.called),
  );
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  return new CommandFailure(exitCodes.usedWrongly, `no scenario is called ${name}${hint} (simtls list names all)`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
