/** One process at a time is at work on a campaign's folder. Who died there is no reason to wait. */
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, exitCodes } from './exit.js';

const lockFile = 'campaign.lock';
/** Times that a lock may change hands while it is looked at. */
const triesMax = 10;

/** Who holds it, as its file says: `PID HOST`. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

export class CampaignLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes the lock of a folder, from a process that is dead, too.
   * @throws CommandFailure naming the process that is at work there
   */
  static take(folder: string): CampaignLock {
    const path = join(folder, lockFile);
    for (let i = 0; i < triesMax; i += 1) {
      if (made(path)) return new CampaignLock(path);
      const text = textOf(path);
      if (text === undefined) continue; // given back meanwhile
      const holder = holderOf(text);
      if (holder === undefined || isAlive(holder)) throw atWork(folder, path, holder);
      takeAway(path, text);
    }
    throw atWork(folder, path, undefined);
  }

  giveBack(): void {
    rmSync(this.#path, { force: true });
  }
}

/** @returns false where there is one already */
function made(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    try {
      writeSync(file, `${process.pid} ${hostname()}\n`);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(exitCodes.missing, `cannot write ${path}: ${why}`, { cause });
  }
}

/** Moves a dead process's lock out of the way. Where another has been quicker and its own stands there by now, that is put back. */
function takeAway(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  try {
    renameSync(path, beside);
    if (textOf(beside) !== text) linkSync(beside, path);
    rmSync(beside, { force: true });
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT' && codeOf(cause) !== 'EEXIST') throw cause; // another one has done it
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

function holderOf(text: string): Holder | undefined {
  const [, pid, host] = /^(\d{1,10}) (\S+)\n$/u.exec(text) ?? [];
  return pid === undefined || host === undefined ? undefined : { pid: Number(pid), host };
}

/** Of another machine nobody can tell from here. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false; // of a process before this one that had its number
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) !== 'ESRCH';
  }
}

function atWork(folder: string, path: string, holder: Holder | undefined): CommandFailure {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new CommandFailure(
    exitCodes.usedWrongly,
    `${who} is at work on the campaign in ${folder}: wait for it, or name another folder; if it is no campaign, remove ${path}`,
  );
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
