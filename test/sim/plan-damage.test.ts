import test from 'ava';
import { Randomness, type RandomStream } from '../../sim/kernel/index.js';
import { type Fault, type FaultAction, type Plan, PlanError, parsePlan, type Step } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { times } from '../_whole.js';
import { profiles, scenarios } from './_scenarios.js';

const points = ['callback:new', 'record:read', 'record:write', 'alert:before', 'lookup:unlocked'];

/** Cuts steps out, moves them, makes them twice, puts them into other tasks. */
function damageSteps(steps: readonly Step[], draw: RandomStream): Step[] {
  const damaged = [...steps];
  for (let i = draw.int(6); i > 0 && damaged.length > 1; i--) {
    const at = draw.int(damaged.length);
    const one = damaged[at]!;
    switch (draw.int(4)) {
      case 0:
        damaged.splice(at, draw.range(1, 3));
        break;
      case 1:
        damaged.splice(at, 1);
        damaged.splice(draw.int(damaged.length), 0, one);
        break;
      case 2: {
        const { let: _, ...twin } = one;
        damaged.push({ ...twin, id: `twin-${i}` });
        break;
      }
      default:
        damaged[at] = { ...one, task: draw.pick(['main', 'a', 'b']) };
    }
  }
  return damaged;
}

function drawFaults(plan: Plan, draw: RandomStream): Fault[] {
  const host = (): string => draw.pick(plan.hosts).name;
  const step = (): string => draw.pick(plan.steps).id;
  const connect = plan.steps.find((one) => one.call === 'connect')?.id ?? '';
  const actions: readonly (() => FaultAction)[] = [
    () => ({ do: 'crash', host: host(), how: draw.pick(['reset', 'half-open']) }),
    () => ({ do: 'restart', host: host() }),
    () => ({ do: draw.pick(['pause', 'resume']), host: host() }),
    () => ({ do: draw.pick(['hold', 'release', 'partition', 'heal']), from: host(), to: host() }),
    () => ({ do: 'latency', from: host(), to: host(), latencyUs: draw.int(1_000_000) }),
    () => ({ do: 'clock', host: host(), byMs: draw.range(-10_000_000, 10_000_000) }),
    () => ({ do: 'reset', connection: step() }),
    () => ({ do: 'cut', connection: connect, from: host(), afterBytes: draw.int(5_000) }),
    () => ({ do: 'corrupt', connection: connect, from: host(), byte: draw.int(5_000) }),
  ];
  const anchors: readonly (() => Fault['at'])[] = [
    () => ({ us: draw.int(3_000_000) }),
    () => ({ after: step(), us: draw.int(100_000) }),
    () => ({ point: draw.pick(points), on: host(), nth: draw.range(1, 20) }),
  ];
  return Array.from({ length: draw.int(4) }, (_, i) => ({
    id: `drawn-${i}`,
    at: draw.pick(anchors)(),
    action: draw.pick(actions)(),
  }));
}

for (const scenario of scenarios) {
  test(`${scenario.name}, damaged at random, runs to an end, twice the same, and breaks no promise of ours`, (t) => {
    for (let seed = 1; seed <= times(4, 12); seed++) {
      const draw = new Randomness(`damage ${seed}`).stream(scenario.name);
      const whole = recordPlan(scenario, { seed: String(seed), profile: draw.pick(profiles) });
      const damaged = {
        ...whole,
        checks: [],
        steps: damageSteps(whole.steps, draw),
        faults: [...whole.faults, ...drawFaults(whole, draw)],
      };
      let plan: Plan;
      try {
        plan = parsePlan(JSON.stringify(damaged));
      } catch (error) {
        t.true(error instanceof PlanError, String(error));
        continue;
      }
      const result = runPlan(plan);
      t.is(runPlan(plan).fingerprint, result.fingerprint, `seed ${seed}`);
      t.deepEqual(
        result.violations.filter((one) => one.owner === 'simtls'),
        [],
        `seed ${seed}`,
      );
    }
  });
}
