/** The agent as a process of a world: sockets in place of memory, random bytes from a seed, and all that can be told of what happens. */
import type { Happening } from '../../stack.js';
import { answerCall } from '../answer.js';
import type { Calls } from '../calls.js';
import type { Clock } from '../clock.js';
import type { Library, Pointer } from '../library.js';
import { Memory } from '../memory.js';
import type { Objects } from '../objects.js';
import type { Answer } from '../protocol.js';
import type { Consultation, WorldPoint } from './consult.js';
import { Controls } from './controls.js';
import type { PassedRecord } from './framing.js';
import { fromHex } from './hex.js';
import { messageCallback } from './message-callback.js';
import { Mirror } from './mirror.js';
import { type Effects, type Known, type PutOff, type SocketNews, unlessEmpty, type WorldQuestion } from './protocol.js';
import { SeededRandom } from './random.js';
import { SocketBios } from './socket-bio.js';
import { type Told, toldToWire } from './told.js';

/** ITIMER_VIRTUAL (setitimer(2)): the processor time that the process itself takes. */
const virtualTimer = 1;
const callSecondsMax = 20n;
/** Far fewer seconds pass in so many answers. */
const answersALimit = 100;

/** Answers what processes of worlds ask, by an agent made at the first question: it changes libssl for good. */
export function worldAnswers(make: () => WorldAgent): (question: WorldQuestion) => Answer {
  const made: { agent?: WorldAgent } = {};
  return (question) => {
    made.agent ??= make();
    return made.agent.answer(question);
  };
}

export class WorldAgent {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #calls: Calls;
  readonly #clock: Clock;
  readonly #memory: Memory;
  readonly #random: SeededRandom;
  readonly #bios: SocketBios;
  readonly #controls: Controls;
  readonly #onMessage: Pointer;
  readonly #onKeyLog: Pointer;
  readonly #mirrors = new Map<number, Mirror>();
  #told: Told[] = [];
  /** Lines of an NSS key log that the world has not been given yet; undefined: it wants none. */
  #secrets: string[] | undefined;
  #us = 0;
  #answers = 0;
  readonly #consult: AgentParts['consult'];
  #points: readonly string[] = [];
  /** Of the call that is under way. */
  #joined: readonly Joined[] = [];

  constructor({ library, objects, calls, clock, consult }: AgentParts) {
    this.#clock = clock;
    this.#library = library;
    this.#objects = objects;
    this.#calls = calls;
    this.#memory = new Memory(library, calls);
    this.#random = new SeededRandom(library);
    this.#consult = consult;
    this.#bios = new SocketBios(library, (mirror) => this.#at('record:read', mirror.ssl));
    const tell = (told: Told): void => {
      this.#told.push(told);
    };
    this.#controls = new Controls(library, objects, {
      consult: (what) => this.#ask(what),
      onCallback: (name, of) => this.#calledBack({ kind: 'callback', name, ...of }),
    });
    this.#onMessage = messageCallback(library, objects, {
      tell: (told) => {
        const isTwice = told.kind === 'record' && told.direction === 'received' && this.#mirrors.has(told.ssl);
        if (!isTwice) tell(told);
      },
      at: (point, ssl) => this.#at(point, ssl),
    });
    this.#onKeyLog = library.callback('keyLog', (_ssl: Pointer, line: string) => this.#secrets?.push(line));
    objects.listener = {
      made: ({ id, kind }) => tell({ kind: 'made', object: id, type: kind }),
      freed: ({ id, kind }) => {
        this.#mirrors.delete(id);
        tell({ kind: 'freed', object: id, type: kind });
      },
      happened: (happening) => this.#happened(happening),
    };
  }

  answer(question: WorldQuestion): Answer {
    this.#limit();
    for (const one of question.before ?? []) this.#putOff(one);
    if ('nowUs' in question) this.#putClock(question.nowUs);
    switch (question.what) {
      case 'call':
        return this.#call(question);
      case 'control': {
        const value = this.#controls.make(question.control);
        const known = question.control.do === 'peer certificate' ? this.#readingsOf(question.control.ssl) : [];
        return { tell: 'world', what: 'controlled', value, ...this.#effects(known) };
      }
      case 'nothing':
        return { tell: 'done' };
      case 'end':
        return { tell: this.#end(question.how) ? 'done' : 'spent' };
    }
  }

  /** A call that takes longer has met a broken list of libssl's: SIGVTALRM ends the process. Waiting takes no such time, so it is set now and then. */
  #limit(): void {
    if (this.#answers++ % answersALimit !== 0) return;
    this.#library.call('setitimer', virtualTimer, BigUint64Array.of(0n, 0n, callSecondsMax, 0n), null);
  }

  #putOff(one: PutOff): void {
    switch (one.do) {
      case 'begin':
        this.#limitMemory(one.scarce);
        this.#random.begin(fromHex(one.seed));
        this.#points = one.points;
        this.#told = [];
        this.#secrets = one.secrets ? [] : undefined;
        this.#us = 0;
        return;
      case 'sim_use_certificate':
        this.#calls.perform(one.do, [{ object: one.ctx }]);
        return;
      case 'join': {
        const { ssl } = one;
        const mirror = new Mirror(ssl, (direction, record) => this.#recordPassed(ssl, direction, record));
        this.#mirrors.set(ssl, mirror);
        this.#bios.join(this.#objects.ssl(ssl).address, mirror);
        return;
      }
      default:
        this.#library.call(one.do, this.#objects.ssl(one.ssl).address);
    }
  }

  /** What it takes to find the places is no part of the process that begins. */
  #limitMemory(scarce: boolean): void {
    this.#memory.ask(scarce ? (site) => this.#ask({ about: 'allocation', site }) === null : null);
    this.#objects.forget();
  }

  /** @returns whether another process may live here */
  #end(how: 'reset' | 'forget'): boolean {
    const isEmpty = how === 'forget' || this.#objects.reset();
    this.#objects.forget();
    this.#bios.forget();
    this.#controls.forget();
    this.#mirrors.clear();
    return isEmpty;
  }

  #call(question: Extract<WorldQuestion, { what: 'call' }>): Answer {
    const outer = this.#joined; // a call may come inside of another, at a point
    this.#joined = question.sockets?.map((news) => this.#renewed(news)) ?? [];
    const { call, args, watch = [], owned = [] } = question;
    const { ret, errors, events, snapshots } = answerCall({ call, args, watch, owned }, this.#calls, this.#objects);
    if (call === 'SSL_CTX_new') this.#listen(ret);
    const effects = this.#effects(ret === 1 ? this.#knownAfter(call, objectOf(args[0])) : []);
    this.#joined = outer;
    return {
      tell: 'world',
      what: 'answer',
      ret,
      errors: unlessEmpty(errors),
      events: unlessEmpty(events),
      snapshots: unlessEmpty(snapshots),
      ...effects,
    };
  }

  /** Readings of one instant differ, and go on where they were: the clock is put only where it has moved. */
  #putClock(us: number): void {
    if (us === this.#us || !this.#clock.present) return;
    this.#us = us;
    this.#clock.put(us);
  }

  #listen(made: unknown): void {
    if (typeof made !== 'object' || made === null || !('object' in made)) return;
    const { address } = this.#objects.ctx(Number(made.object));
    this.#library.call('SSL_CTX_set_msg_callback', address, this.#onMessage);
    if (this.#secrets !== undefined) this.#library.call('SSL_CTX_set_keylog_callback', address, this.#onKeyLog);
  }

  #renewed({ ssl, hex, outlook }: SocketNews): Joined {
    const mirror = this.#mirrors.get(ssl);
    if (mirror === undefined) throw new Error(`connection ${ssl} is joined to no socket`);
    mirror.renew(fromHex(hex), outlook);
    return { ssl, mirror };
  }

  /** What is read of a connection whose handshake is done, or whose end is. */
  #knownAfter(call: string, ssl: number): readonly Known[] {
    if (call === 'SSL_do_handshake') return this.#readingsOf(ssl);
    if (call !== 'SSL_shutdown' || this.#objects.alive(ssl) === undefined) return [];
    return [['peer certificate', ssl, this.#controls.make({ do: 'peer certificate', ssl })], ...this.#readingsOf(ssl)];
  }

  #readingsOf(ssl: number): readonly Known[] {
    const address = this.#objects.alive(ssl)?.address;
    if (address === undefined) return [];
    return ['SSL_session_reused', 'SSL_get_early_data_status'].map((call) => [
      call,
      ssl,
      this.#library.integer(call, address),
    ]);
  }

  /** Asks the world, which first learns what has happened so far. */
  #ask(what: Consultation): string | null {
    return this.#consult(what, this.#effects());
  }

  #at(name: WorldPoint, object: number): void {
    if (this.#points.includes(name)) this.#ask({ about: 'point', name, object });
  }

  #calledBack(told: Extract<Told, { kind: 'callback' }>): void {
    this.#at(`callback:${told.name}`, told.name === 'remove' ? told.ctx : told.ssl);
    this.#told.push(told);
  }

  #effects(known: readonly Known[] = []): Effects {
    const told = this.#told.map(toldToWire);
    this.#told = [];
    const moves = this.#joined
      .map(({ ssl, mirror }) => ({ ssl, moves: mirror.takeMoves() }))
      .filter((one) => one.moves.length > 0);
    const secrets = unlessEmpty(this.#secrets?.splice(0) ?? []);
    return { told: unlessEmpty(told), known: unlessEmpty(known), moves: unlessEmpty(moves), secrets };
  }

  /** A record has come whole, which is told now; or it has left, and was told when it was made, without its sum. */
  #recordPassed(ssl: number, direction: 'sent' | 'received', record: PassedRecord): void {
    if (direction === 'received') this.#told.push({ kind: 'record', ssl, direction, ...record });
    else {
      const made = this.#told.find((told) => told.kind === 'record' && told.ssl === ssl && told.sum === 0);
      if (made?.kind === 'record') made.sum = record.sum;
    }
  }

  #happened(happening: Happening): void {
    const { name } = happening;
    if (name === 'freed' || name === 'ex_data') return;
    const id = name === 'get' ? Buffer.from(happening.id).toString('hex') : '';
    const session = name === 'get' ? 0 : happening.session;
    this.#calledBack({ kind: 'callback', name, ctx: happening.ctx, session, ssl: 0, id });
  }
}

interface AgentParts {
  readonly library: Library;
  readonly objects: Objects;
  readonly calls: Calls;
  readonly clock: Clock;
  /** Asks the world in the middle of a call. */
  readonly consult: (what: Consultation, effects: Effects) => string | null;
}

interface Joined {
  readonly ssl: number;
  readonly mirror: Mirror;
}

function objectOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'object' in value ? Number(value.object) : 0;
}
