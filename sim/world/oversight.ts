/**
 * What invariants are told of one process: its objects as they come and go, its ends as they are told of, its steps as they are made. On the
 * model an audit looks into the objects; nobody can look into those of real OpenSSL, of which the watch knows what was told.
 */
import type { StackEvent } from 'simtls';
import { type Moment, opensWith, ProcessAudit } from '../audit/index.js';
import { type Broken, bothWrite, saidCloseAgain } from '../invariants/index.js';
import type { ProgramStep } from '../program/index.js';
import type { ObjectId } from '../stacks/index.js';
import { Commitments } from './commitments.js';
import type { End } from './connections.js';
import type { Objects } from './objects.js';
import type { Process } from './process.js';
import { ObjectWatch } from './watch.js';

const ignoreUnexpectedEof = 0x80; // SSL_OP_IGNORE_UNEXPECTED_EOF

export class Oversight {
  readonly commitments: Commitments;
  readonly #process: Process;
  readonly #objects: Objects;
  readonly #watch: ObjectWatch;
  readonly #audit: ProcessAudit | undefined;

  constructor(process: Process, objects: Objects) {
    this.#process = process;
    this.#objects = objects;
    this.#watch = new ObjectWatch(objects, process.stack, (broken) => process.report(broken));
    this.#audit = process.world.libssl === undefined ? auditOf(process, objects) : undefined;
    this.commitments = this.#makeCommitments();
  }

  /** Whether an object has not been freed. */
  lives(object: ObjectId): boolean {
    return this.#watch.lives(object);
  }

  /** The model has made an object. */
  made(object: Parameters<ProcessAudit['made']>[0]): void {
    this.#audit?.made(object);
  }

  /** The stack tells of something. @returns what is broken so that the process cannot go on */
  happened(event: StackEvent): Broken | undefined {
    this.commitments.happened(event);
    switch (event.kind) {
      case 'decision':
        this.#decided(event);
        return undefined;
      case 'alert':
      case 'message':
        this.#told(event);
        return undefined;
      case 'callback':
        return this.#watch.handedOver(event);
      default:
        this.#watch.happened(event, this.#process.step);
        if (this.#audit !== undefined) look(this.#audit, event);
        return undefined;
    }
  }

  /** A step of a program is about to be made. @returns what is to be looked at once it was */
  before({ call, args }: ProgramStep): (() => void) | undefined {
    const audit = this.#audit;
    const [first] = args;
    if (audit === undefined || call !== 'SSL_free' || first?.kind !== 'name') return undefined;
    const ssl = this.#objects.lookup(first.name, 'ssl');
    if (typeof ssl !== 'number') return undefined;
    const end = this.#process.ends.of(ssl);
    // Whose peer has gone, or says nothing, may have reasons of its own.
    const isTroubled =
      end === undefined || end.failure !== '' || end.socket.peerEnded || end.errors.length > 0 || end.gaveUp;
    return isTroubled ? undefined : audit.beforeFree(ssl);
  }

  /** A step of a program was made. */
  after(step: ProgramStep): void {
    const { call, args, body } = step;
    const audit = this.#audit;
    if (audit === undefined) {
      this.#watch.noteSize(step);
      this.#watch.lookAtCaches();
      return;
    }
    const [first] = args;
    const id = first?.kind === 'name' ? this.#objects.lookup(first.name) : undefined;
    if (call.startsWith('SSL_SESSION_set') && typeof id === 'number') audit.changedByProgram(id);
    if (body?.steps.some((inner) => inner.call.startsWith('SSL_SESSION_set'))) audit.changesInCallbacks();
    audit.called(typeof id === 'number' ? id : 0);
  }

  /** A verb has made a call on an object. */
  performed(object: ObjectId): void {
    this.#audit?.called(object);
  }

  /** Does what another task does inside of a call; under the lock of a context the cache is not looked at until that call is over. */
  inside<T>(locked: boolean, act: () => T): T {
    const audit = this.#audit;
    if (audit === undefined || !locked) return act();
    const rested = audit.cachesRest;
    audit.cachesRest = false;
    try {
      return act();
    } finally {
      audit.cachesRest = rested;
    }
  }

  /** The handshake of an end is done. */
  handshakeDone(end: End): void {
    const ssl = this.#audit?.connection(end.ssl);
    if (ssl === undefined) return;
    const { world } = this.#process;
    const { connection } = end;
    const at = this.#now();
    const side = end === connection.client ? 'client' : 'server';
    const { acceptedAt = at, openedWith } = end;
    const done = { ssl, resumed: end.reused === 1, at, acceptedAt, openedWith };
    const broken = world.handshakes.done(connection.number, side, done);
    for (const one of broken) this.#process.report(one);
  }

  /** Early data has come. */
  earlyDataCame(end: End): void {
    const ssl = end.actsEarly ? this.#audit?.connection(end.ssl) : undefined;
    if (ssl !== undefined) this.#process.report(this.#process.world.handshakes.early(end.connection.number, ssl));
  }

  /** A wait on an end was given up: looks whether its peer waits for the same. */
  gaveUp(end: End): void {
    const { connection } = end;
    const { client, server } = connection;
    end.gaveUp = true;
    if (connection.stuck || client === undefined || server === undefined) return;
    if (!this.waitsToWrite(end) || client.socket.unreadBytes === 0 || server.socket.unreadBytes === 0) return;
    const peer = end === client ? connection.serverHost : connection.clientHost;
    const other = this.#process.world.hosts.get(peer)?.process?.oversight;
    if (other?.waitsToWrite(end === client ? server : client) !== true) return;
    connection.stuck = true;
    this.#process.report(bothWrite(connection.number, { inHandshake: server.reused === undefined }));
  }

  /** Whether the last call on an end has had to wait until it can write. */
  waitsToWrite(end: End): boolean {
    return this.#process.alive && this.#audit?.connection(end.ssl)?.want === 'writing';
  }

  /** Whether an end takes the end of its stream for a close_notify; undefined: nobody can tell. */
  ignoresEof(end: End): boolean | undefined {
    return this.#audit?.connection(end.ssl)?.has(ignoreUnexpectedEof);
  }

  /** Something may have been put into a cache. */
  lookAtCaches(): void {
    if (this.#audit === undefined) this.#watch.lookAtCaches();
  }

  /** Nothing is under way any more. */
  atQuiet(): void {
    if (this.#process.alive) this.#audit?.end();
  }

  /** The process ends by itself. */
  leaks(options: { readonly atWork: boolean }): void {
    this.#watch.leaks(options);
  }

  #decided(event: Extract<StackEvent, { kind: 'decision' }>): void {
    const end = this.#process.ends.of(event.ssl);
    if (end !== undefined) end.decision = event.code;
    if (end !== undefined && event.verdict === 'accepted') {
      end.acceptedAt = this.#now();
      end.openedWith = this.#openedWith(event);
    }
    if (event.code === 'id-unknown') this.#audit?.missed(event.ssl);
  }

  /** The key that has opened the ticket of an end which was accepted by one. */
  #openedWith({ code, ssl }: { readonly code: string; readonly ssl: ObjectId }): Uint8Array | undefined {
    if (code !== 'resumed-by-ticket' && code !== 'resumed-by-psk') return undefined;
    const connection = this.#audit?.connection(ssl);
    return connection === undefined ? undefined : opensWith(connection);
  }

  #told(event: Extract<StackEvent, { kind: 'alert' | 'message' }>): void {
    const end = this.#process.ends.of(event.ssl);
    if (end === undefined) return;
    const isClose = event.kind === 'alert' && event.direction === 'sent' && event.description === 0;
    if (isClose && end.saidClose) {
      const { connection } = end;
      this.#process.report(saidCloseAgain(connection.number, end === connection.client ? 'client' : 'server'));
    }
    end.told(event);
  }

  #makeCommitments(): Commitments {
    const process = this.#process;
    const lookup = (called: string): ObjectId | undefined => {
      const found = this.#objects.lookup(called);
      return typeof found === 'number' ? found : undefined;
    };
    const asked = {
      hostOf: (ssl: ObjectId) => process.ends.hostOf(ssl),
      inUse: () => this.#sessionsInUse(),
      nameOf: (session: ObjectId) => this.#objects.nameOf(session, 'session'),
      lookup,
      step: () => process.step,
      report: (broken: Broken | undefined) => process.report(broken),
    };
    return new Commitments(asked, { remembers: process.world.remembers });
  }

  #sessionsInUse(): ReadonlySet<ObjectId> {
    const used = new Set<ObjectId>();
    for (const ssl of this.#process.ends.joined()) {
      const seen = this.lives(ssl) ? this.#objects.snapshot(ssl) : undefined;
      if (seen?.kind === 'ssl' && seen.session !== null) used.add(seen.session);
    }
    return used;
  }

  #now(): Moment {
    const { world, host } = this.#process;
    return { us: world.kernel.nowUs, ms: host.clock.nowMs() };
  }
}

function auditOf(process: Process, objects: Objects): ProcessAudit {
  return new ProcessAudit({
    nameOf: (object, kind) => objects.nameOf(object, kind),
    report: (broken) => process.report(broken),
    came: (ssl, session) => {
      const end = process.ends.of(ssl);
      if (end !== undefined) process.world.handshakes.came(end.connection.number, session);
    },
  });
}

/** What an audit wants to hear of. */
function look(audit: ProcessAudit, event: StackEvent): void {
  if (event.kind === 'count') {
    if (event.type === 'session') audit.counted(event);
  } else if (event.kind === 'freed') audit.freed(event);
  else if (event.kind === 'claims') audit.parted(event);
  else if (event.kind === 'foreign-context') audit.secondContext(event);
}
