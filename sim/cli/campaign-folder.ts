/** The folder of a campaign: how far it is, and its findings, a file each. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CampaignProgress,
  type CampaignStore,
  type Finding,
  findingName,
  parseFinding,
  parseProgress,
} from '../campaign/index.js';
import { PlanError } from '../plan/index.js';
import { writeWhole } from './atomic-file.js';
import { CampaignLock } from './campaign-lock.js';
import { CommandFailure, exitCodes } from './exit.js';
import { makeFolder } from './make-folder.js';

const progressFile = 'campaign.json';
const findingsFolder = 'findings';

/** Where findings are files. */
export interface Store extends CampaignStore {
  fileOf(group: string): string;
  /** Nothing more is done to it. */
  giveBack(): void;
}

export class CampaignFolder implements Store {
  readonly #path: string;
  #lock: CampaignLock | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Makes the folder of a new campaign, and takes it.
   * @throws CommandFailure where there is a campaign in it already
   */
  make(): void {
    this.#refuseMade();
    makeFolder(join(this.#path, findingsFolder));
    this.#lock = CampaignLock.take(this.#path);
    this.#refuseMade(); // by whoever had it before
  }

  /**
   * Takes the folder, to go on with the campaign in it. @returns how far that is
   * @throws CommandFailure where there is none, another process is at work on it, or its file is not as it should be
   */
  takeUp(): CampaignProgress {
    this.progress();
    this.#lock = CampaignLock.take(this.#path);
    return this.progress();
  }

  giveBack(): void {
    this.#lock?.giveBack();
    this.#lock = undefined;
  }

  /** @throws CommandFailure where there is none, or its file is not as it should be */
  progress(): CampaignProgress {
    const path = join(this.#path, progressFile);
    if (!existsSync(path)) {
      throw new CommandFailure(exitCodes.usedWrongly, `${this.#path} has no campaign in it: there is no ${path}`);
    }
    const progress = read(path, 'the progress of no campaign', parseProgress);
    makeFolder(join(this.#path, findingsFolder));
    return progress;
  }

  /** @throws CommandFailure that says how to go on */
  #write(path: string, value: unknown): void {
    try {
      writeWhole(path, value);
    } catch (cause) {
      if (!(cause instanceof CommandFailure)) throw cause;
      const isBegun = existsSync(join(this.#path, progressFile));
      const how = isBegun ? `; nothing that counts is lost: once it can be, --resume ${this.#path} goes on` : '';
      throw new CommandFailure(cause.exitCode, `${cause.message}${how}`, { cause });
    }
  }

  #refuseMade(): void {
    if (!existsSync(join(this.#path, progressFile))) return;
    this.giveBack();
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `${this.#path} has a campaign in it: --resume ${this.#path} goes on with it, and another one needs another folder`,
    );
  }

  fileOf(group: string): string {
    return join(this.#path, findingsFolder, findingName(group));
  }

  save(finding: Finding): void {
    this.#write(this.fileOf(finding.group), finding);
  }

  saveProgress(progress: CampaignProgress): void {
    this.#write(join(this.#path, progressFile), progress);
  }

  finding(group: string): Finding | undefined {
    const path = this.fileOf(group);
    return existsSync(path) ? read(path, 'no finding', parseFinding) : undefined;
  }

  /**
   * How long it took, by the times of its files: undefined where the file system does not keep them. One that went on later counts the
   * time between.
   */
  times(): { readonly seconds: number; secondsTo(group: string): number } | undefined {
    const begunMs = statSync(join(this.#path, findingsFolder)).birthtimeMs;
    const secondsOf = (path: string): number => Math.round((statSync(path).mtimeMs - begunMs) / 100) / 10;
    const seconds = secondsOf(join(this.#path, progressFile));
    if (begunMs <= 0 || seconds <= 0) return undefined;
    return {
      seconds,
      secondsTo: (group) => {
        const path = this.fileOf(group);
        return existsSync(path) ? Math.max(0, secondsOf(path)) : -1;
      },
    };
  }

  keepOnly(groups: ReadonlySet<string>): void {
    const kept = new Set([...groups].map(findingName));
    const folder = join(this.#path, findingsFolder);
    for (const name of readdirSync(folder)) {
      if (/-[0-9a-f]{8}\.json$|\.tmp$/u.test(name) && !kept.has(name)) rmSync(join(folder, name));
    }
  }
}

/**
 * What a file holds.
 * @throws CommandFailure naming the place in it
 */
function read<T>(path: string, what: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof PlanError) {
      throw new CommandFailure(exitCodes.usedWrongly, `${path} is ${what}: ${cause.message}`, { cause });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
}

/** Where no folder was named: findings go where the command is run, and nothing is written down of how far it is. */
export class LooseFindings implements Store {
  readonly #written = new Map<string, Finding>();

  fileOf(group: string): string {
    return findingName(group);
  }

  save(finding: Finding): void {
    writeWhole(this.fileOf(finding.group), finding);
    this.#written.set(finding.group, finding);
  }

  saveProgress(): void {
    // Nobody could go on with it.
  }

  giveBack(): void {
    // Nobody else can have it.
  }

  finding(group: string): Finding | undefined {
    return this.#written.get(group);
  }

  keepOnly(groups: ReadonlySet<string>): void {
    for (const group of this.#written.keys()) if (!groups.has(group)) rmSync(this.fileOf(group), { force: true });
  }
}
