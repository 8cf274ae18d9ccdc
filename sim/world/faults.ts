/** What the world does to a run: each fault waits for its time, its step or its point, and some have an end. */
import type { AllocationSite, Point, PointName } from 'simtls';
import { misbehaviourNamed } from '../emulator/index.js';
import {
  type Anchor,
  type Fault,
  type FaultAction,
  type HostAction,
  PlanError,
  type StreamAction,
} from '../plan/index.js';
import type { Connection } from './connections.js';
import { actOnLink, Limits, receiverOf, resetBoth } from './link-faults.js';
import type { SimHost } from './sim-host.js';
import { chain, duplicator, flipper, Recording, type Tamper } from './streams.js';
import type { World } from './world.js';

type Acting = Exclude<FaultAction, StreamAction>;

/** Names of points where faults may act: see `Point` of the stack. */
const points: readonly PointName[] = [
  'callback:new',
  'callback:remove',
  'callback:get',
  'record:read',
  'record:write',
  'alert:before',
  'lookup:unlocked',
];

/** Waits for a point to be passed so many times more. */
interface AtPoint {
  readonly fault: Fault;
  readonly anchor: Extract<Anchor, { point: string }>;
  left: number;
  /** Virtual time after which it waits no longer. */
  readonly untilUs: number;
}

/** Allocations that are to fail: how many succeed before, how many fail. */
interface Scarcity {
  readonly host: string;
  readonly site: AllocationSite;
  before: number;
  left: number;
}

export class Faults {
  readonly #world: World;
  readonly #afterStep = new Map<string, Fault[]>();
  readonly #atPoint: AtPoint[] = [];
  readonly #lying: { readonly action: StreamAction; readonly recording: Recording }[] = [];
  readonly #limits = new Limits();
  readonly #scarce: Scarcity[] = [];
  /** Hosts on which an allocation may fail: the others are not asked. */
  readonly #scarceHosts: ReadonlySet<string>;

  /** By host and task: how many faults are still to enter calls with its steps. */
  readonly #toEnter = new Map<string, number>();

  /** Steps whose connections are touched, and hosts that lack memory or good conduct. */
  readonly #touched = new Set<string>();
  readonly #spoilt = new Set<string>();
  /** Steps of connections on which more comes than was sent. */
  readonly #fed = new Set<string>();

  constructor(world: World, faults: readonly Fault[]) {
    this.#world = world;
    this.#scarceHosts = new Set(faults.flatMap(({ action }) => (action.do === 'allocation' ? [action.host] : [])));
    for (const [index, fault] of faults.entries()) this.arm(fault, `/faults/${index}`);
  }

  /** Whether somebody touches what a connection carries, or takes memory or good conduct from one of its hosts. */
  disturb({ step, clientHost, serverHost }: Connection): boolean {
    return this.#touched.has(step) || this.#spoilt.has(clientHost) || this.#spoilt.has(serverHost);
  }

  /** Whether somebody puts bytes into a connection that neither end has sent there. */
  feed({ step }: Connection): boolean {
    return this.#fed.has(step);
  }

  /** Whether a fault waits for this step. */
  stepEnded(step: string): void {
    const waiting = this.#afterStep.get(step);
    if (waiting === undefined) return;
    this.#afterStep.delete(step);
    for (const fault of waiting) {
      if ('point' in fault.at) this.#await(fault, fault.at);
      else {
        const us = 'after' in fault.at ? (fault.at.us ?? 0) : 0;
        this.#world.kernel.schedule(us, 'fault', () => this.#strike(fault, undefined));
      }
    }
  }

  /** A point inside a call is passed. */
  passed(host: SimHost, point: Point): void {
    for (const waiting of this.#atPoint) {
      if (waiting.left === 0 || waiting.anchor.on !== host.name || waiting.anchor.point !== point.name) continue;
      if (this.#world.kernel.nowUs > waiting.untilUs) continue;
      waiting.left -= 1;
      if (waiting.left === 0) this.#strike(waiting.fault, point);
    }
  }

  /** The points on a host that faults wait for. */
  pointsOn(host: SimHost): readonly PointName[] {
    const names = this.#atPoint.filter(({ anchor }) => anchor.on === host.name).map(({ anchor }) => anchor.point);
    return points.filter((name) => names.includes(name));
  }

  /** Whether a task waits for faults to enter calls with its steps: until the last of them, it makes none by itself. */
  parks(host: SimHost, task: string): boolean {
    return this.#toEnter.size > 0 && (this.#toEnter.get(`${host.name} ${task}`) ?? 0) > 0;
  }

  /** Tells whether there is memory on a host; undefined: there always is. */
  memoryOf(host: SimHost): ((site: AllocationSite) => boolean) | undefined {
    const mayFail = this.#world.source !== undefined || this.#scarceHosts.has(host.name);
    return mayFail ? (site) => this.#allocates(host, site) : undefined;
  }

  #allocates(host: SimHost, site: AllocationSite): boolean {
    for (const scarcity of this.#scarce) {
      if (scarcity.host !== host.name || scarcity.site !== site || scarcity.left === 0) continue;
      if (scarcity.before > 0) {
        scarcity.before -= 1;
        continue;
      }
      scarcity.left -= 1;
      return false;
    }
    return true;
  }

  /** A stream stands, nothing has been sent on it yet: what lies in wait for it is put in its way. */
  opened(connection: Connection): void {
    this.#limits.opened(this.#world, connection);
    for (const host of new Set([connection.clientHost, connection.serverHost])) {
      const tampers = this.#tampersOn(connection, host);
      if (tampers.length > 0) receiverOf(connection, host)?.tamperIncoming(chain(tampers));
    }
  }

  #noteTouched(action: FaultAction): void {
    if (action.do === 'corrupt' || action.do === 'duplicate' || action.do === 'replay')
      this.#touched.add(action.connection);
    if (action.do === 'replay') this.#touched.add(action.into);
    if (action.do === 'duplicate') this.#fed.add(action.connection);
    if (action.do === 'replay') this.#fed.add(action.into);
    if (action.do === 'allocation' || action.do === 'misbehave') this.#spoilt.add(action.host);
  }

  #tampersOn(connection: Connection, from: string): readonly Tamper[] {
    const tampers: Tamper[] = [];
    for (const { action, recording } of this.#lying) {
      const isOn = action.connection === connection.step && action.from === from;
      if (action.do === 'replay') {
        if (isOn) tampers.push(recording.recorder(action.record, action.count));
        const player = action.by ?? action.from;
        if (action.into === connection.step && player === from) tampers.push(recording.player(action.before));
      } else if (!isOn) continue;
      else if (action.do === 'corrupt') tampers.push(flipper(action));
      else if (action.do === 'duplicate') tampers.push(duplicator(action.record));
      else receiverOf(connection, from)?.cutIncoming({ afterBytes: action.afterBytes, as: 'eof' });
    }
    return tampers;
  }

  /**
   * Has a fault wait for its time.
   * @param pointer - to it, for messages
   * @throws PlanError for a point that there is not
   */
  arm(fault: Fault, pointer: string): void {
    const { action, at } = fault;
    this.#noteTouched(action);
    if (isOnStream(action)) {
      this.#lying.push({ action, recording: new Recording() });
      return;
    }
    if (action.do === 'enter' && action.task !== undefined) {
      const key = `${action.host} ${action.task}`;
      this.#toEnter.set(key, (this.#toEnter.get(key) ?? 0) + 1);
    }
    if ('point' in at) {
      if (!points.some((name) => name === at.point)) {
        throw new PlanError(`${pointer}/at/point`, points.join(', '), `"${at.point}"`);
      }
    }
    const after = 'after' in at ? at.after : undefined;
    if (after !== undefined) {
      const waiting = this.#afterStep.get(after);
      if (waiting === undefined) this.#afterStep.set(after, [fault]);
      else waiting.push(fault);
    } else if ('point' in at) this.#await(fault, at);
    else if ('us' in at) this.#world.kernel.schedule(at.us ?? 0, 'fault', () => this.#strike(fault, undefined));
  }

  #await(fault: Fault, anchor: AtPoint['anchor']): void {
    const { nowUs } = this.#world.kernel;
    const untilUs = nowUs + (anchor.withinUs ?? Number.POSITIVE_INFINITY);
    this.#atPoint.push({ fault, anchor, left: anchor.nth, untilUs });
  }

  /** @param point - inside of which it strikes */
  #strike(fault: Fault, point: Point | undefined): void {
    const { action, lastsUs } = fault;
    if (isOnStream(action)) return;
    this.#tell(fault, action.do);
    const undo = this.#act(fault, action, point);
    if (lastsUs === undefined || undo === undefined) return;
    this.#world.kernel.schedule(lastsUs, 'fault ends', () => {
      this.#tell(fault, `${action.do} ends`);
      undo();
    });
  }

  #tell(fault: Fault, action: string): void {
    const host = 'host' in fault.action && !('from' in fault.action) ? fault.action.host : '';
    this.#world.trace.world(host, '', { kind: 'fault', fault: fault.id, action });
  }

  /** @returns what ends it */
  #act(fault: Fault, action: Acting, point: Point | undefined): (() => void) | undefined {
    if (action.do === 'reset') {
      const connection = this.#world.connections.ofStep(action.connection);
      if (connection !== undefined) resetBoth(connection);
      return undefined;
    }
    if ('from' in action) return actOnLink(this.#world, this.#limits, action);
    const host = this.#world.hosts.get(action.host);
    return host && this.#actOnHost(fault, host, action, point);
  }

  #actOnHost(fault: Fault, host: SimHost, action: HostAction, point: Point | undefined): (() => void) | undefined {
    const { clock, disk } = host.host;
    switch (action.do) {
      case 'crash':
        host.crash(action.how, 'crashed');
        return undefined;
      case 'restart':
        host.start();
        return undefined;
      case 'pause':
        host.host.pause();
        return () => host.host.resume();
      case 'resume':
        host.host.resume();
        return undefined;
      case 'clock':
        clock.step(action.byMs);
        return undefined;
      case 'drift': {
        const before = clock.driftPpm;
        clock.setDrift(action.ppm);
        return () => clock.setDrift(before);
      }
      case 'no_space':
        disk.full = true;
        return () => {
          disk.full = false;
        };
      case 'sync_lies':
        disk.syncLies = true;
        return () => {
          disk.syncLies = false;
        };
      case 'lost_write':
        disk.spoilNextWrite({ do: 'lose', path: action.path });
        return undefined;
      case 'torn_write':
        disk.spoilNextWrite({ do: 'tear', path: action.path, bytes: action.bytes });
        return undefined;
      case 'allocation': {
        const { site, nth = 1, count = 1 } = action;
        const scarcity: Scarcity = { host: host.name, site, before: nth - 1, left: count };
        this.#scarce.push(scarcity);
        return () => {
          scarcity.left = 0;
        };
      }
      case 'enter': {
        const key = `${action.host} ${action.task ?? ''}`;
        if (action.task !== undefined) this.#toEnter.set(key, (this.#toEnter.get(key) ?? 0) - 1);
        const made = point === undefined ? 0 : (host.process?.enter(action.task, action.steps, point) ?? 0);
        if (made < action.steps) this.#tell(fault, `entered with ${made} of ${action.steps} steps`);
        return undefined;
      }
      case 'misbehave':
        return misbehave(host, action.name);
    }
  }
}

function misbehave(host: SimHost, name: string): (() => void) | undefined {
  const misbehaviour = misbehaviourNamed(name);
  if (misbehaviour === undefined) return undefined;
  host.misbehaving.push(misbehaviour);
  host.process?.misbehave(misbehaviour);
  return () => {
    host.misbehaving.splice(host.misbehaving.indexOf(misbehaviour), 1);
  };
}

function isOnStream(action: FaultAction): action is StreamAction {
  return action.do === 'cut' || action.do === 'corrupt' || action.do === 'duplicate' || action.do === 'replay';
}
