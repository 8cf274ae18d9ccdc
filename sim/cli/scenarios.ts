/** Finds scenarios and workloads: those that come with simtls, by name, and a user's own scenarios, by file. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type PlanSource, scenarioSource } from '../campaign/index.js';
import { type ApplicationDefect, checkRecording, isScenario, type Scenario, ScenarioError } from '../scenario/index.js';
import { workloads } from '../workload/index.js';
import { applicationModules } from './application-defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { nearest } from './nearest.js';

/** A scenario or workload, and the module whose default export it is. */
export interface SourceModule {
  readonly source: PlanSource;
  /** As the command line calls it: its name, or the file that was named. */
  readonly called: string;
  readonly url: URL;
  /** Where it is a bug of an application. */
  readonly defect?: ApplicationDefect;
}

/** The scenarios that come with simtls, by name. */
export async function builtInScenarios(): Promise<readonly Scenario[]> {
  return (await loadedScenarios()).map(({ scenario }) => scenario);
}

/** The scenarios that come with simtls, with their modules. */
export async function findScenarioModules(): Promise<readonly SourceModule[]> {
  return (await loadedScenarios()).map(({ url, scenario }) => ({
    url,
    called: scenario.name,
    source: scenarioSource(scenario),
  }));
}

/**
 * The scenarios and workloads of these names or files, with their modules; all that come with simtls where none is named. Bugs of
 * applications are found by their names, or those of their scenarios.
 * @throws CommandFailure for one that there is not, with the nearest, or that is no scenario
 */
export async function findModules(names: readonly string[]): Promise<readonly SourceModule[]> {
  const known = [...(await findScenarioModules()), ...workloadModules()];
  if (names.length === 0) return known;
  const all = [...known, ...(await defectModules())];
  const found: SourceModule[] = [];
  for (const name of names) {
    const builtIn = all.find((one) => one.called === name || one.source.name === name);
    if (builtIn !== undefined) found.push(builtIn);
    else if (isFile(name)) found.push(await loadFile(name));
    else throw unknownSource(name, known);
  }
  return found;
}

async function defectModules(): Promise<readonly SourceModule[]> {
  return (await applicationModules()).map(({ url, defect }) => ({
    url,
    defect,
    called: defect.name,
    source: scenarioSource(defect.program({ repaired: false })),
  }));
}

function workloadModules(): readonly SourceModule[] {
  return workloads.map((source) => ({
    source,
    called: source.name,
    url: new URL(`../workload/kinds/${source.name}.js`, import.meta.url),
  }));
}

async function loadedScenarios(): Promise<readonly { readonly url: URL; readonly scenario: Scenario }[]> {
  const folder = new URL('../../scenarios/', import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
  const urls = files.map((file) => new URL(file, folder));
  const found = await Promise.all(urls.map(async (url) => ({ url, scenario: await load(url) })));
  return found.sort((a, b) => (a.scenario.name < b.scenario.name ? -1 : 1));
}

/** Whether a name is that of a file. */
export function isFile(name: string): boolean {
  return /[/\\]|\.(?:m?js|m?ts)$/u.test(name);
}

async function loadFile(name: string): Promise<SourceModule> {
  const path = resolve(name);
  if (!existsSync(path)) throw new CommandFailure(exitCodes.usedWrongly, `there is no file ${path}`);
  try {
    const url = pathToFileURL(path);
    const loaded = await load(url);
    checkRecording(loaded, { seed: '1', profile: '3.0' });
    return { source: scenarioSource(loaded), called: name, url };
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    if (isWithoutSimtls(cause))
      throw new CommandFailure(exitCodes.missing, `${name}: ${withoutSimtls(path)}`, { cause });
    const told = cause instanceof ScenarioError ? cause.message : `cannot be loaded: ${messageOf(cause)}`;
    throw new CommandFailure(exitCodes.usedWrongly, `${name}: ${told}`, { cause });
  }
}

/** A command may be installed for all folders; what a module imports has to be installed in its own, or in one above it. */
function isWithoutSimtls(cause: unknown): boolean {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  return missing && cause.message.startsWith("Cannot find package 'simtls' ");
}

function withoutSimtls(path: string): string {
  const own = fileURLToPath(new URL('../../../', import.meta.url));
  return `it imports simtls, which is not installed in ${dirname(path)} or above: there, npm install ${own}`;
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

function unknownSource(name: string, known: readonly SourceModule[]): CommandFailure {
  const near = nearest(
    name,
    known.map((one) => one.called),
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
