/** Real OpenSSL for tests: where each line is. It is asked once in a process, since each answer takes a process of its own. */
import { type LineReport, type Profile, profiles, reportLine } from '../sim/stacks/index.js';

const reports = new Map<Profile, LineReport>();

/** What there is of a line. */
export function line(profile: Profile): LineReport {
  const report = reports.get(profile) ?? reportLine(profile);
  reports.set(profile, report);
  return report;
}

/** The lines that are there (`npm run openssl` installs them). */
export function linesThere(): readonly Profile[] {
  return profiles.filter((profile) => line(profile).ok);
}

/** The node that carries a line; undefined where it is not there. */
export function nodeOf(profile: Profile): string | undefined {
  const { ok, where } = line(profile);
  return ok && where !== null ? where : undefined;
}
