/** The release lines of OpenSSL that simtls compares with, and where each is found on this machine. */
import { existsSync } from 'node:fs';
import { type AgentOptions, AgentProcess } from './agent-process.js';
import { installAdvice, installedClock, installedMemory, installedNode } from './installed.js';
import { LibsslPool } from './libssl.js';
import { clockAdvice, type Profile, StackMissing } from './stack.js';

/** Where patch releases differ, these are meant (docs/programs.md). */
export const expectedPatch: Readonly<Record<Profile, string>> = { '1.1.1': '1.1.1v', '3.0': '3.0.19', '3.5': '3.5.8' };

export const profiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];

/** How a line was asked for, where not by its profile alone. */
export interface LineOptions {
  /** A shared libssl to load, of whatever release. */
  readonly libssl?: string | undefined;
  /** Take another patch level than the expected one, where that is what is there. */
  readonly anyPatch?: boolean | undefined;
}

/** What there is of a line. */
export interface LineReport {
  readonly profile: Profile;
  readonly expected: string;
  /** OpenSSL's full version string, or null where there is none. */
  readonly version: string | null;
  /** The binary or the library, or null where there is none. */
  readonly where: string | null;
  readonly ok: boolean;
  /** What would make it so; empty where it is. */
  readonly advice: string;
}

/** What there is of the clock, or of the memory, that is preloaded into agents. */
export interface PreloadReport {
  /** The library, or null where there is none. */
  readonly where: string | null;
  readonly ok: boolean;
  /** What would make it so; empty where it is. */
  readonly advice: string;
}

interface Place extends AgentOptions {
  readonly where: string;
}

/**
 * The agents of a line.
 * @returns the pool, and a line that names what it uses where that is not the expected patch level
 * @throws StackMissing where the line is not there, or is of another patch level
 */
export function openLine(
  profile: Profile,
  options: LineOptions = {},
): { readonly pool: LibsslPool; readonly notice: string | undefined } {
  const { place, version } = look(profile, options);
  const expected = expectedPatch[profile];
  const pool = new LibsslPool({ profile, ...place });
  if (isRelease(version, expected)) return { pool, notice: undefined };
  if (options.libssl === undefined && options.anyPatch !== true) {
    throw new StackMissing(`OpenSSL ${expected} is needed, and ${place.where} has ${version}: ${installAdvice}`);
  }
  return { pool, notice: `${version} instead of OpenSSL ${expected}, from ${place.where}` };
}

/** What there is of each line. */
export function reportLines(options: LineOptions = {}): readonly LineReport[] {
  return profiles.map((profile) => reportLine(profile, options));
}

/** What there is of one line: a process is started and asked. */
export function reportLine(profile: Profile, options: LineOptions = {}): LineReport {
  const expected = expectedPatch[profile];
  try {
    const { place, version } = look(profile, options);
    const ok = isRelease(version, expected);
    return { profile, expected, version, where: place.where, ok, advice: ok ? '' : installAdvice };
  } catch (error) {
    if (!(error instanceof StackMissing)) throw error;
    return { profile, expected, version: null, where: null, ok: false, advice: error.message };
  }
}

/** Whether real OpenSSL's clock can be moved here. */
export function reportClock(): PreloadReport {
  return reportPreload(installedClock());
}

/** Whether real OpenSSL's allocations can be made to fail here. */
export function reportMemory(): PreloadReport {
  return reportPreload(installedMemory());
}

function reportPreload(where: string | undefined): PreloadReport {
  return { where: where ?? null, ok: where !== undefined, advice: where === undefined ? clockAdvice : '' };
}

/** Finds a line and asks it for its version. */
function look(profile: Profile, options: LineOptions): { readonly place: Place; readonly version: string } {
  const place = find(profile, options);
  const agent = new AgentProcess(place);
  agent.close();
  return { place, version: agent.version };
}

/** A library that was named, the node that is running, or one that was installed. */
function find(profile: Profile, { libssl, anyPatch }: LineOptions): Place {
  if (libssl !== undefined) {
    if (!existsSync(libssl)) throw new StackMissing(`no library at ${libssl}`);
    return { node: process.execPath, libssl, where: libssl };
  }
  const running = process.versions['openssl'] ?? '';
  if (isRelease(running, expectedPatch[profile])) return { node: process.execPath, where: process.execPath };
  const node = installedNode(profile);
  if (existsSync(node)) return { node, where: node };
  if (anyPatch === true && isSeries(running, profile)) return { node: process.execPath, where: process.execPath };
  throw new StackMissing(`OpenSSL ${expectedPatch[profile]} is not there: ${installAdvice}`);
}

/** Whether `3.0.19`, `1.1.1v+quic` or `OpenSSL 3.0.19 27 Jan 2026` is the release `3.0.19`, `1.1.1v`, …. */
function isRelease(version: string, release: string): boolean {
  const [found] = version.replace(/^OpenSSL /, '').split(/[\s+-]/, 1);
  return found === release;
}

function isSeries(version: string, profile: Profile): boolean {
  return version.startsWith(profile) && !/^\d/.test(version.slice(profile.length));
}
