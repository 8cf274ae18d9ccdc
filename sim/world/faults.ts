/** What the world does to a run: each fault waits for its time, its step or its point. */
import type { Point } from 'simtls';
import { type Anchor, type Fault, type FaultAction, PlanError } from '../plan/index.js';
import type { Connection } from './connections.js';
import type { SimHost } from './sim-host.js';
import type { World } from './world.js';

type LyingInWait = Extract<FaultAction, { do: 'cut' | 'corrupt' }>;
type Acting = Exclude<FaultAction, LyingInWait>;

/** Names of points where faults may act: see `Point` of the stack. */
const points: readonly string[] = [
  'callback:new',
  'callback:remove',
  'callback:get',
  'record:read',
  'record:write',
  'alert:before',
  'lookup:unlocked',
];

export class Faults {
  readonly #world: World;
  readonly #afterStep = new Map<string, Fault[]>();
  readonly #atPoint: { readonly fault: Fault; readonly anchor: Extract<Anchor, { point: string }>; left: number }[] =
    [];
  readonly #lying: LyingInWait[] = [];

  constructor(world: World, faults: readonly Fault[]) {
    this.#world = world;
    for (const [index, fault] of faults.entries()) this.#arm(fault, `/faults/${index}`);
  }

  /** Whether a fault waits for this step. */
  stepEnded(step: string): void {
    const waiting = this.#afterStep.get(step);
    if (waiting === undefined) return;
    this.#afterStep.delete(step);
    for (const fault of waiting) {
      const us = 'after' in fault.at ? (fault.at.us ?? 0) : 0;
      this.#world.kernel.schedule(us, 'fault', () => this.#strike(fault));
    }
  }

  /** A point inside a call is passed. */
  passed(host: SimHost, point: Point): void {
    for (const waiting of this.#atPoint) {
      if (waiting.left === 0 || waiting.anchor.on !== host.name || waiting.anchor.point !== point.name) continue;
      waiting.left -= 1;
      if (waiting.left === 0) this.#strike(waiting.fault);
    }
  }

  /** A stream stands: what lies in wait for it is put in its way. */
  opened(connection: Connection): void {
    for (const action of this.#lying) {
      if (action.connection !== connection.step) continue;
      const receiver = action.from === connection.clientHost ? connection.server : connection.client;
      if (action.do === 'cut') receiver?.socket.cutIncoming({ afterBytes: action.afterBytes, as: 'eof' });
      else receiver?.socket.tamperIncoming(flipper(action.byte));
    }
  }

  #arm(fault: Fault, pointer: string): void {
    const { action, at } = fault;
    if (action.do === 'cut' || action.do === 'corrupt') {
      this.#lying.push(action);
      return;
    }
    if ('point' in at) {
      if (!points.includes(at.point)) throw new PlanError(`${pointer}/at/point`, points.join(', '), `"${at.point}"`);
      this.#atPoint.push({ fault, anchor: at, left: at.nth });
    } else if ('after' in at) {
      const waiting = this.#afterStep.get(at.after);
      if (waiting === undefined) this.#afterStep.set(at.after, [fault]);
      else waiting.push(fault);
    } else this.#world.kernel.schedule(at.us, 'fault', () => this.#strike(fault));
  }

  #strike(fault: Fault): void {
    const { action } = fault;
    if (action.do === 'cut' || action.do === 'corrupt') return;
    this.#world.trace.world('host' in action ? action.host : '', '', {
      kind: 'fault',
      fault: fault.id,
      action: action.do,
    });
    this.#act(action);
  }

  #act(action: Acting): void {
    const { network } = this.#world;
    switch (action.do) {
      case 'crash':
        this.#host(action.host)?.crash(action.how, 'crashed');
        break;
      case 'restart':
        this.#host(action.host)?.start();
        break;
      case 'pause':
        this.#host(action.host)?.host.pause();
        break;
      case 'resume':
        this.#host(action.host)?.host.resume();
        break;
      case 'clock':
        this.#host(action.host)?.host.clock.step(action.byMs);
        break;
      case 'reset':
        this.#reset(this.#world.connections.ofStep(action.connection));
        break;
      default: {
        const from = this.#host(action.from);
        const to = this.#host(action.to);
        if (from === undefined || to === undefined) break;
        const link = network.link(from.host.id, to.host.id);
        const direction = { from: from.host.id };
        if (action.do === 'hold') link.hold(direction);
        else if (action.do === 'release') link.release(direction);
        else if (action.do === 'partition') link.partition(direction);
        else if (action.do === 'heal') link.heal(direction);
        else link.setLatency({ latencyUs: action.latencyUs }, direction);
      }
    }
  }

  /** Both ends learn of it at once, as from somebody who knows their sequence numbers. */
  #reset(connection: Connection | undefined): void {
    connection?.client?.socket.fail('ECONNRESET');
    connection?.server?.socket.fail('ECONNRESET');
  }

  #host(name: string): SimHost | undefined {
    return this.#world.hosts.get(name);
  }
}

/** Flips the lowest bit of the nth byte of a stream, counted from 0. */
function flipper(byte: number): (bytes: Uint8Array) => Uint8Array {
  let passed = 0;
  return (bytes) => {
    const at = byte - passed;
    passed += bytes.length;
    if (at < 0 || at >= bytes.length) return bytes;
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
}
