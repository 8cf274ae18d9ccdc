/** The runs of a trace, collected for a report. */
import { RunCollector } from '../report/index.js';
import type { TraceEvent } from '../trace/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import { linesOf, noTrace, type TextLine } from './trace-lines.js';

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
    at = line.at;
    const found = saidBy(line, path);
    if (!('kind' in found)) {
      number += 1;
      const { scenario = '', seed = '', profile = '' } = found.run;
      if (wanted === undefined || wanted === number)
        runs.push({ scenario, seed, profile, collector: new RunCollector() });
    } else if (number === 0) throw noTrace(path, at, 'expected a line that names a run: {"run":{…}}');
    else if (wanted === undefined || wanted === number) runs.at(-1)?.collector.trace(found);
  }
  if (number === 0) throw noTrace(path, at, 'expected the lines of a trace, and there are none');
  if (runs.length === 0)
    throw new CommandFailure(exitCodes.usedWrongly, `${path} has ${number} runs: there is no run ${wanted}`);
  if (runs.length <= runsMax) return runs;
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${path} has ${number} runs, and a page shows ${runsMax}: choose one by --run 1 to --run ${number}`,
  );
}

/** An event of a kind that is not known is taken: a later simtls may have written it, and a page shows it as it stands. */
type Said = TraceEvent | { readonly run: Readonly<Record<string, string | undefined>> };

function saidBy({ at, text }: TextLine, path: string): Said {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noTrace(path, at, 'expected a JSON object');
  }
  if (typeof value !== 'object' || value === null) throw noTrace(path, at, 'expected a JSON object');
  if ('run' in value && typeof value.run === 'object' && value.run !== null && !('kind' in value)) return value as Said; // names of a run, for people
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
  if (!isEvent) throw noTrace(path, at, 'expected an event with n, us, host, step and kind');
  return value as unknown as TraceEvent; // its slots are written down as what they are
}
