/** Reads what `--trace` wrote, line by line: a trace need not fit into memory. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { RunCollector } from '../report/index.js';
import type { TraceEvent } from '../trace/index.js';
import { CommandFailure, exitCodes } from './exit.js';

export interface TracedRun {
  readonly scenario: string;
  readonly seed: string;
  readonly profile: string;
  readonly collector: RunCollector;
}

/**
 * The runs of a trace file.
 * @param wanted - of these runs, from 1; undefined: of the first `runsMax` of them
 * @throws CommandFailure for what is no trace, and for more runs than are asked for
 */
export async function readTrace(
  path: string,
  { wanted, runsMax }: { readonly wanted: number | undefined; readonly runsMax: number },
): Promise<readonly TracedRun[]> {
  const runs: TracedRun[] = [];
  let number = 0;
  let at = 0;
  for await (const line of linesOf(path)) {
    at += 1;
    if (line === '') continue;
    const found = parsed(line, path, at);
    if (!('kind' in found)) {
      number += 1;
      const { scenario = '', seed = '', profile = '' } = found.run;
      if (wanted === undefined || wanted === number)
        runs.push({ scenario, seed, profile, collector: new RunCollector() });
    } else if (number === 0) throw refused(path, at, 'expected a line that names a run: {"run":{…}}');
    else if (wanted === undefined || wanted === number) runs.at(-1)?.collector.trace(found);
  }
  if (number === 0) throw refused(path, at, 'expected the lines of a trace, and there are none');
  if (runs.length === 0)
    throw new CommandFailure(exitCodes.usedWrongly, `${path} has ${number} runs: there is no run ${wanted}`);
  if (runs.length <= runsMax) return runs;
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${path} has ${number} runs, and a page shows ${runsMax}: choose one by --run 1 to --run ${number}`,
  );
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (cause) => text.destroy(cause));
  let rest = '';
  try {
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `cannot read ${path}: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    );
  }
  yield rest;
}

type Line = TraceEvent | { readonly run: Readonly<Record<string, string | undefined>> };

function parsed(line: string, path: string, at: number): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refused(path, at, 'expected a JSON object');
  }
  if (typeof value !== 'object' || value === null) throw refused(path, at, 'expected a JSON object');
  if ('run' in value && typeof value.run === 'object' && value.run !== null && !('kind' in value)) return value as Line; // names of a run, for people
  const isEvent =
    'kind' in value &&
    'n' in value &&
    Number.isSafeInteger(value.n) &&
    'us' in value &&
    Number.isSafeInteger(value.us) &&
    'host' in value &&
    typeof value.host === 'string' &&
    'step' in value &&
    typeof value.step === 'string';
  if (!isEvent) throw refused(path, at, 'expected an event with n, us, host, step and kind');
  return value as unknown as TraceEvent; // its slots are written down as what they are
}

function refused(path: string, line: number, what: string): CommandFailure {
  return new CommandFailure(exitCodes.usedWrongly, `${path} is no trace, plan or finding: line ${line}: ${what}`);
}
