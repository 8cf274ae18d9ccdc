/** A workload: a generator that runs. Each turn it draws from what is possible now, and what it did is a plan. */
import type { PlanDraw, PlanSource } from '../campaign/index.js';
import { Randomness, type RandomStream } from '../kernel/index.js';
import type { Plan } from '../plan/index.js';
import type { SometimesName } from '../sometimes/index.js';
import { type DrawnRun, DrawnUnable, runDrawn } from '../world/index.js';
import { Drawer } from './drawer.js';
import { drawMisuses } from './misuse.js';
import { drawSeldom } from './seldom-moves.js';
import { drawSetup, type Setup, type Shape } from './setup.js';
import { beginPlan, tasksOf } from './topology.js';

export interface Workload extends PlanSource {
  readonly kind: 'simtls-workload';
  readonly title: string;
  readonly answers: string;
  readonly sometimes: readonly SometimesName[];
  readonly shape: Shape;
}

/** A workload of that shape. */
export function workload(told: Omit<Workload, 'kind' | 'plan' | 'codes'>): Workload {
  return Object.freeze({ kind: 'simtls-workload', ...told, plan: (draw: PlanDraw): Plan => planOf(told, draw) });
}

/** Also where the run came to what the model cannot do: whoever runs the plan is told so. */
function planOf(told: Pick<Workload, 'name' | 'shape'>, draw: PlanDraw): Plan {
  try {
    return drawRun(told, draw).plan;
  } catch (cause) {
    if (cause instanceof DrawnUnable) return cause.plan;
    throw cause;
  }
}

/** The run in which the plan of a seed is drawn, and that plan. */
export function drawRun({ name, shape }: Pick<Workload, 'name' | 'shape'>, draw: PlanDraw): DrawnRun {
  const random = new Randomness(draw.seed, draw.onDraw);
  const drawn = drawSetup(random.stream('workload/setup'), shape, draw);
  const usual: Setup = draw.misuse === true ? misusing(drawn, random.stream('workload/misuse')) : drawn;
  const seldom = drawSeldom(random.stream('workload/seldom'));
  const setup: Setup = seldom.length === 0 ? usual : { ...usual, seldom };
  const plan = beginPlan(name, setup, draw);
  const drawer = new Drawer(setup, { shape, profile: draw.profile }, random);
  return runDrawn(plan, drawer, tasksOf(setup), { checks: () => drawer.checks });
}

/** With misuse, drawn behind all else: what a seed has without it stays. */
function misusing(setup: Setup, random: RandomStream): Setup {
  const misuse = drawMisuses(random);
  return { ...setup, ...(misuse.includes('foreign-session') ? { contexts: 2 } : {}), misuse };
}
