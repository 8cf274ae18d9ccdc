/** Small worlds for tests: a client and a server half a millisecond apart, and what came of the client's steps. */
import {
  type HostRecorder,
  type Recorder,
  recordPlan,
  type ServerRecorder,
  scenario,
  type Tls,
} from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/stack.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';

export interface Recorded {
  readonly w: Recorder;
  readonly server: ServerRecorder;
  readonly client: HostRecorder;
}

export interface Told extends RunResult {
  readonly trace: readonly TraceEvent[];
  /** Microseconds at which a step ended. */
  endOf(step: string): number;
  outcomeOf(step: string): string | undefined;
}

/** Runs what `record` says, on a link of 500 µs without jitter, and keeps the trace. */
export function talk(record: (recorded: Recorded) => void, profile: Profile = '3.0'): Told {
  return play((w) => {
    const server = w.server({ tickets: false });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    record({ w, server, client });
  }, profile);
}

/** Runs a scenario of the test's own. */
export function play(record: (w: Recorder) => void, profile: Profile = '3.0', tls: Tls = '1.2'): Told {
  const trace: TraceEvent[] = [];
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls, record });
  const result = runPlan(recordPlan(one, { seed: '1', profile }), { trace: (event) => trace.push(event) });
  return {
    ...result,
    trace,
    outcomeOf: (step) => result.steps.get(step)?.outcome,
    endOf: (step) => trace.find((e) => e.kind === 'step' && e.step === step && e.what === 'ended')?.us ?? -1,
  };
}
