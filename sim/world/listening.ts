/** The accept loop of the emulator in a process: each connection it takes is the step `ID/n`. */
import { testCredentials } from 'simtls';
import {
  type Conduct,
  EarlyEnd,
  type Memory,
  type Misbehaviour,
  misbehaviourNamed,
  Served,
  type ServedOptions,
  type ServedResult,
} from '../emulator/index.js';
import type { EventHandle } from '../kernel/index.js';
import type { Listener, Socket } from '../network/index.js';
import type { ObjectId } from '../stacks/index.js';
import { AcceptedEnd } from './accepted-end.js';
import { deadlineUs } from './activity.js';
import type { End, Waiter } from './connections.js';
import { connectionObserved } from './observed.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

export class Listening {
  readonly #process: Process;
  readonly #step: string;
  readonly #ctx: ObjectId;
  readonly #options: VerbOptions['serve'];
  readonly #listener: Listener;
  readonly #open = new Set<Accepted>();
  readonly #memory: Memory = { keys: [] };
  #accepted = 0;
  /** A misbehaviour has left a callback for ticket keys. */
  #keysSpoilt = false;

  constructor(process: Process, step: string, ctx: ObjectId, options: VerbOptions['serve']) {
    this.#process = process;
    this.#step = step;
    this.#ctx = ctx;
    this.#options = options;
    this.#listener = process.world.network.listen(process.host.id, options.port, {
      onConnection: (socket) => process.guarded(() => this.#accept(socket)),
    });
  }

  /** Takes no more, and ends what is open in good order. */
  close(): void {
    this.#listener.close();
    for (const accepted of [...this.#open]) accepted.finish({ outcome: 'closed by exit', errors: [] });
  }

  /** The process is gone. */
  drop(outcome: string): void {
    for (const accepted of [...this.#open]) accepted.drop(outcome);
  }

  /** Begins to treat clients badly: what is done before a connection is done at once. */
  misbehave(misbehaviour: Misbehaviour): void {
    this.#prepare([misbehaviour]);
  }

  /** How it treats its nth connection badly, as things are now. */
  #misbehaving(n: number): readonly Misbehaviour[] {
    const { misbehave } = this.#options;
    const { misbehaving } = this.#process.home;
    if (misbehave.length === 0) return misbehaving;
    const told = misbehave.filter(({ nth }) => nth === undefined || nth === n);
    return [...told.flatMap(({ name }) => misbehaviourNamed(name) ?? []), ...misbehaving];
  }

  #prepare(misbehaving: readonly Misbehaviour[]): void {
    const { stack } = this.#process;
    if (!this.#process.oversight.lives(this.#ctx)) return; // the program has freed it under its server: the next connection tells
    const spoils = misbehaving.some((one) => one.ticketKeys !== undefined);
    if (this.#keysSpoilt && !spoils) stack.restoreTicketRing(this.#ctx);
    this.#keysSpoilt = spoils;
    for (const { prepare } of misbehaving) prepare?.(stack.controls(this.#ctx), this.#memory);
  }

  #accept(socket: Socket): void {
    const process = this.#process;
    const end = process.world.connections.accept(socket, process.home.name);
    if (!process.alive || end === undefined) {
      socket.abort();
      return;
    }
    this.#accepted += 1;
    const id = `${this.#step}/${this.#accepted}`;
    const n = this.#accepted;
    end.connection.served = id;
    end.actsEarly = this.#options.early === 'at-once';
    this.#prepare(this.#misbehaving(n));
    end.connection.mistreated ||= this.#misbehaving(n).length > 0;
    const conduct = (): Conduct => together(this.#misbehaving(n));
    const accepted: Accepted = new Accepted(process, id, end, { ...this.#options, conduct }, () =>
      this.#open.delete(accepted),
    );
    this.#open.add(accepted);
    accepted.begin(this.#ctx, conduct());
  }
}

class Accepted implements Waiter {
  readonly #process: Process;
  readonly #id: string;
  readonly #end: End;
  readonly #served: Served;
  readonly #over: () => void;
  #deadline: EventHandle | undefined;
  #done = false;
  #running = false;

  constructor(
    process: Process,
    id: string,
    end: End,
    options: ServedOptions & Pick<VerbOptions['serve'], 'early'>,
    over: () => void,
  ) {
    this.#process = process;
    this.#id = id;
    this.#end = end;
    this.#over = over;
    const serverEnd = new AcceptedEnd(process, end);
    this.#served = new Served(
      options.early === 'not-read' ? serverEnd : new EarlyEnd(serverEnd, options.early),
      options,
    );
  }

  /** @param conduct - what it does otherwise than a good server, as it begins */
  begin(ctx: ObjectId, conduct: Conduct): void {
    const process = this.#process;
    process.at(this.#id);
    process.world.accepted(process, this.#id, this.#end);
    const ssl = this.#make(ctx, conduct);
    if (ssl === undefined) {
      this.finish({ outcome: 'failed', errors: ['SSL_new gave nothing'] });
      return;
    }
    process.ends.join(this.#end, ssl);
    process.perform('SSL_set_accept_state', ssl);
    if (conduct.idContext === 'left out') process.stack.forgetIdContext(ssl);
    if (conduct.pieceBytes !== undefined) this.#end.socket.writeInPieces(conduct.pieceBytes);
    this.#end.subscribe(this);
    this.wake();
  }

  /** SSL_new, with another certificate where the server shows one. */
  #make(ctx: ObjectId, { credential }: Conduct): ObjectId | undefined {
    const process = this.#process;
    const make = (): ObjectId | undefined => {
      const made = process.perform('SSL_new', ctx).ret;
      return typeof made === 'object' && made !== null && 'object' in made ? made.object : undefined;
    };
    if (credential === undefined) return make();
    const shown = credential(testCredentials['ec-p256'], process.host.clock.nowMs());
    return process.stack.showing(ctx, shown, make);
  }

  wake(): void {
    const process = this.#process;
    if (this.#done || this.#running || !process.alive) return;
    this.#running = true;
    process.guarded(() => this.#go());
    this.#running = false;
  }

  /** Frees the connection and gives its socket back. */
  finish(result: ServedResult): void {
    const process = this.#process;
    process.at(this.#id);
    const { ssl } = this.#end;
    const more = ssl === 0 ? {} : connectionObserved(process, ssl, this.#end);
    if (ssl !== 0) process.perform('SSL_free', ssl);
    if (result.reset === true) this.#end.socket.abort();
    else process.ends.close(this.#end);
    this.#settle();
    process.world.servedStep(process, this.#id, {
      outcome: result.outcome,
      errors: result.errors,
      observed: {
        bytes: this.#end.sentBytes,
        reused: this.#end.reused ?? null,
        ...more,
        early_bytes: this.#end.earlyReceivedBytes,
        requests: this.#served.requests,
      },
    });
  }

  drop(outcome: string): void {
    this.#settle();
    this.#process.world.servedStep(this.#process, this.#id, { outcome });
  }

  #go(): void {
    this.#process.at(this.#id);
    this.#restartDeadline();
    const result = this.#served.poll();
    if (result !== undefined) this.finish(result);
  }

  /** A client that says nothing for so long is given up: its connection is freed without a word. */
  #restartDeadline(): void {
    if (this.#deadline !== undefined) this.#process.host.cancel(this.#deadline);
    this.#deadline = this.#process.host.schedule(deadlineUs, 'deadline', () => {
      this.#deadline = undefined;
      if (this.#done || !this.#process.alive) return;
      this.#process.at(this.#id);
      this.#process.oversight.gaveUp(this.#end);
      this.finish({ outcome: 'timeout', errors: [] });
    });
  }

  #settle(): void {
    this.#done = true;
    if (this.#deadline !== undefined) this.#process.host.cancel(this.#deadline);
    this.#deadline = undefined;
    this.#end.unsubscribe(this);
    this.#over();
  }
}

const good: Conduct = Object.freeze({});

/** All of them at once. */
function together(misbehaving: readonly Misbehaviour[]): Conduct {
  return misbehaving.length === 0 ? good : Object.assign({}, ...misbehaving);
}
