/** Reads what real OpenSSL answered to the scenarios that come with simtls (`node tools/worlds.mjs --record` writes it). */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RecordedWorlds, recordedFormat } from '../compare/index.js';

/** The answers to a scenario; undefined where none were written down. */
export function readRecorded(scenario: string): RecordedWorlds | undefined {
  if (!/^[\w-]+$/u.test(scenario)) return undefined;
  const path = fileURLToPath(new URL(`../../../scenarios/corpus/worlds/${scenario}.json`, import.meta.url));
  if (!existsSync(path)) return undefined;
  const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const isOurs = typeof read === 'object' && read !== null && 'format' in read && read.format === recordedFormat;
  if (!isOurs) throw new Error(`${path} is no ${recordedFormat}`);
  return read as RecordedWorlds; // a file of our own, which the tests hold
}
