/**
 * How a connection comes to stand: a SYN, its answer, and the acknowledgement that goes ahead of the client's first
 * bytes. A SYN that is not answered is sent again after 1, 2, 4, … seconds, as Linux does.
 */
import type { EventHandle, Kernel } from '../kernel/index.js';
import type { Path } from './path.js';
import type { Socket } from './socket.js';

/** First wait for an answer to a SYN, microseconds (RFC 6298 §2.1). */
export const synRetryUsMin = 1_000_000;
/** How often a SYN is sent again (Linux: tcp_syn_retries); then `ETIMEDOUT`, after 127 s. */
export const synRetriesMax = 6;

/** What the server's host does with a SYN. */
export type SynAnswer = 'accept' | 'refuse' | 'ignore';

/** What leaves meanwhile: a SYN from the client; its acceptance or refusal from the other host. */
export type ConnectingSegment = 'syn' | 'accept' | 'refuse';

export class Connecting {
  readonly #kernel: Kernel;
  readonly #client: Socket;
  readonly #there: Path;
  readonly #back: Path;
  readonly #answer: () => SynAnswer;
  readonly #leaves: (what: ConnectingSegment) => void;
  #tries = 0;
  #timer: EventHandle | undefined;

  /**
   * @param answer - asked at each arrival of a SYN; makes the server's end where it accepts the first
   * @param leaves - told of each segment as it leaves
   */
  constructor(
    kernel: Kernel,
    client: Socket,
    paths: { readonly there: Path; readonly back: Path },
    answer: () => SynAnswer,
    leaves: (what: ConnectingSegment) => void,
  ) {
    this.#kernel = kernel;
    this.#client = client;
    this.#there = paths.there;
    this.#back = paths.back;
    this.#answer = answer;
    this.#leaves = leaves;
    this.#try();
  }

  readonly #try = (): void => {
    if (this.#client.state !== 'connecting') return;
    if (this.#tries > synRetriesMax) {
      this.#client.fail('ETIMEDOUT');
      return;
    }
    this.#leaves('syn');
    this.#kernel.schedule(this.#there.drawLatencyUs(), 'syn', this.#synArrives);
    this.#timer = this.#kernel.schedule(synRetryUsMin * 2 ** this.#tries, 'syn again', this.#try);
    this.#tries++;
  };

  readonly #synArrives = (): void => {
    if (this.#there.losing) return;
    if (this.#there.held) {
      this.#there.stall(this.#synArrives);
      return;
    }
    if (this.#client.state !== 'connecting') return;
    const answer = this.#answer();
    if (answer === 'ignore') return;
    this.#leaves(answer);
    const arrives = answer === 'accept' ? this.#acceptArrives : this.#refusalArrives;
    this.#kernel.schedule(this.#back.drawLatencyUs(), 'syn answer', arrives);
  };

  readonly #acceptArrives = (): void => {
    if (this.#back.losing) return;
    if (this.#back.held) {
      this.#back.stall(this.#acceptArrives);
      return;
    }
    this.#stopTimer();
    this.#client.connected();
  };

  readonly #refusalArrives = (): void => {
    if (this.#back.losing) return;
    if (this.#back.held) {
      this.#back.stall(this.#refusalArrives);
      return;
    }
    if (this.#client.state !== 'connecting') return;
    this.#stopTimer();
    this.#client.fail('ECONNREFUSED');
  };

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#kernel.cancel(this.#timer);
    this.#timer = undefined;
  }
}
