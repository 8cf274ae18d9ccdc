/** All that a report takes of one run: what it is told of while the run is made, and the bytes of its messages. */
import { BytesRecorder } from '../fields/index.js';
import type { Plan } from '../plan/index.js';
import { type RunOptions, type RunResult, runInPieces } from '../world/index.js';
import { packedBytes } from './bytes.js';
import { RunCollector } from './collect.js';
import type { PackedBytes } from './data.js';

/** Events from the first on whose bytes are shown: it is the browser that has to read them. */
const bytesEventsMax = 200_000;
/** Bytes of one direction that are looked at. */
const streamBytesMax = 1 << 18;

/** The bytes of a run and what they are. */
export interface GatheredBytes {
  readonly bytes: PackedBytes;
  /** What of them is not there. */
  readonly notes: readonly string[];
}

export class Gathering {
  readonly collector: RunCollector = new RunCollector();
  readonly #own: BytesRecorder | undefined;
  readonly #eventsMax: number;

  /**
   * @param bytes - whose bytes are shown. `own`: those of the run itself, which real OpenSSL or code under test makes. `again`: those of the
   *   same run under real cryptography, which `--pcap` writes
   */
  constructor({ bytes, eventsMax = bytesEventsMax }: { readonly bytes: 'own' | 'again'; readonly eventsMax?: number }) {
    this.#eventsMax = eventsMax;
    this.#own = bytes === 'own' ? newRecorder(eventsMax) : undefined;
  }

  /** For the run. */
  get options(): Required<Pick<RunOptions, 'trace' | 'onName' | 'onObject'>> & Pick<RunOptions, 'tap' | 'keyLog'> {
    const { trace, onName, onObject } = this.collector;
    const own = this.#own;
    if (own === undefined) return { trace, onName, onObject };
    const { tap, keyLog } = own.options;
    const both = (event: Parameters<typeof trace>[0]): void => {
      own.event(event);
      trace(event);
    };
    return { trace: both, onName, onObject, tap, keyLog };
  }

  /** The run has ended. */
  bytesOf(plan: Plan, { crypto, events }: Pick<RunResult, 'crypto' | 'events'>): GatheredBytes {
    const max = this.#eventsMax;
    const bytes =
      this.#own === undefined ? packedBytes(madeAgain(plan, max).end()) : packedBytes(this.#own.end(), crypto);
    if (events <= max) return { bytes, notes: [] };
    return { bytes, notes: [`the bytes of its messages are those up to event ${max} of ${events}`] };
  }
}

function newRecorder(eventsMax: number): BytesRecorder {
  return new BytesRecorder({ bytesMax: streamBytesMax, eventsMax });
}

/** Runs the plan under real cryptography, as far as its bytes are shown. */
function madeAgain(plan: Plan, eventsMax: number): BytesRecorder {
  const recorder = newRecorder(eventsMax);
  const pieces = runInPieces(plan, { crypto: 'real', ...recorder.options });
  while (!recorder.isFull && pieces.next().done !== true);
  pieces.return(undefined as never); // nobody asks what it came to
  return recorder;
}
