/** Starts agents, asks them, and notices how they die. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, ftruncateSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Answer,
  type Greeting,
  Incoming,
  markBytes,
  type Question,
  type Refusal,
  writeMessage,
} from './agent/protocol.js';
import { installedClock, installedMemory } from './installed.js';
import { StackCrash, StackMissing, StackUnable } from './stack.js';

export interface AgentOptions {
  /** The node binary to run. */
  readonly node: string;
  /** A shared libssl to load instead of the OpenSSL inside the binary. */
  readonly libssl?: string | undefined;
  /** The clock and the memory to preload; none, null. Default: those that `npm run openssl` made, if there are any. */
  readonly clock?: string | null | undefined;
  readonly memory?: string | null | undefined;
}

/** One agent process. A question blocks until it is answered. */
export class AgentProcess {
  /** OpenSSL's full version string. */
  readonly version: string;
  /** Whether its clock can be put: the question `clock`. */
  readonly clock: boolean;
  /** Whether allocations of a world's process can be made to fail in it. */
  readonly memory: boolean;
  readonly #child: ChildProcess;
  readonly #questions: number;
  readonly #answers: number;
  readonly #incoming: Incoming;
  readonly #mark: number;
  /** Answers that come before any other, to questions that nobody has waited for. */
  #unread = 0;
  #open = true;
  #diedAt = { program: 0, step: 0 };

  /** @throws StackMissing where the process does not come up */
  constructor(options: AgentOptions) {
    const { child, questions, answers, mark } = start(options);
    this.#child = child;
    this.#mark = mark;
    this.#questions = questions;
    this.#answers = answers;
    this.#incoming = new Incoming(answers);
    const greeting = this.#incoming.next() as Greeting | Refusal | undefined;
    const what = options.libssl ?? 'the OpenSSL inside it';
    if (greeting !== undefined && 'lacks' in greeting) {
      this.close();
      const lacks = greeting.lacks.join(', ');
      throw new StackMissing(`${what} is no libssl of OpenSSL 1.1.1 or later: it lacks ${lacks}`);
    }
    if (greeting === undefined) {
      this.close();
      throw new StackMissing(`the agent did not start in ${options.node}: it needs koffi, and ${what} to load`);
    }
    this.version = greeting.version;
    this.clock = greeting.clock;
    this.memory = greeting.memory;
  }

  /** Whether it can still be asked. */
  get open(): boolean {
    return this.#open;
  }

  /** @throws StackCrash where the process dies of the question; StackUnable where it has not got what the question needs */
  ask(question: Question): Answer {
    this.send(question);
    let answer: Answer | undefined;
    while (this.#unread > 0) answer = this.receive();
    if (answer === undefined) throw new Error('a question without an answer');
    return answer;
  }

  /** Asks, and does not wait: `receive` brings the answer, or the next `ask` passes over it. */
  send(question: Question): void {
    if (!this.#open) throw new StackCrash('SIGKILL');
    this.#unread += 1;
    try {
      writeMessage(this.#questions, question);
    } catch (error) {
      // It is dead: who waits for the answer is told of what.
      if (!isBrokenPipe(error)) throw error;
    }
  }

  /**
   * Waits for the answer to the oldest question that has had none.
   * @throws StackCrash where the process dies of the question
   */
  receive(): Answer {
    if (!this.#open) throw new StackCrash('SIGKILL');
    const answer = this.#incoming.next() as Answer | undefined;
    if (answer === undefined) {
      const signal = this.#signal();
      this.close();
      throw new StackCrash(signal);
    }
    this.#unread -= 1;
    if (answer.tell === 'unable') throw new StackUnable(answer.reason);
    if (answer.tell === 'crash') {
      this.close();
      throw new StackCrash(answer.signal);
    }
    if (answer.tell === 'fault') throw new Error(`the agent is at fault: ${answer.message}`);
    return answer;
  }

  /** Where it was in its last batch of programs when it died. */
  get diedAt(): { readonly program: number; readonly step: number } {
    return this.#diedAt;
  }

  /** Ends the process. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#diedAt = markAt(this.#mark);
    for (const descriptor of [this.#questions, this.#answers, this.#mark]) closeSync(descriptor);
    this.#child.kill('SIGKILL');
  }

  /** What the process died of, from /proc: the event loop, which would tell, does not turn meanwhile. */
  #signal(): string {
    try {
      const line = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
      // proc(5): exit_code is field 52, and state, with which the rest begins, field 3.
      const number = Number(fields[52 - 3]) & 0x7f;
      return signalNames[number] ?? 'SIGSEGV';
    } catch {
      return 'SIGSEGV';
    }
  }
}

/** signal(7), Linux: those by which a process ends that libssl broke. */
const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  14: 'SIGALRM',
  26: 'SIGVTALRM',
};

/**
 * The agent gets the far ends of two pipes as its descriptors 3 and 4, and a file for its mark as 5. The pipes are FIFOs because
 * Node makes no pipe whose near end can be read synchronously; each is opened for both first, so that no open waits for the other side.
 */
function start({ node, libssl, clock = installedClock(), memory = installedMemory() }: AgentOptions): {
  readonly child: ChildProcess;
  readonly questions: number;
  readonly answers: number;
  readonly mark: number;
} {
  const folder = mkdtempSync(join(tmpdir(), 'simtls-agent-'));
  try {
    const [question, answer] = ['question', 'answer'].map((name) => join(folder, name)) as [string, string];
    execFileSync('mkfifo', ['-m', '600', question, answer]);
    const asked = pipe(question);
    const answered = pipe(answer);
    const mark = openSync(join(folder, 'mark'), 'w+');
    ftruncateSync(mark, markBytes);
    const main = fileURLToPath(new URL('./agent/main.js', import.meta.url));
    const preloaded = [clock, memory].filter(Boolean).join(':');
    const child = spawn(node, [main, ...(libssl === undefined ? [] : ['--libssl', libssl])], {
      stdio: ['ignore', 'ignore', 'ignore', asked.read, answered.write, mark],
      env: { ...environment(libssl), ...(preloaded === '' ? {} : { LD_PRELOAD: preloaded }) },
    });
    child.on('error', () => {});
    child.unref();
    closeSync(asked.read);
    closeSync(answered.write);
    return { child, questions: asked.write, answers: answered.read, mark };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** No options of the caller's node, no configuration of the machine's OpenSSL; beside a libssl stands its libcrypto. */
function environment(libssl: string | undefined): NodeJS.ProcessEnv {
  const own = { OPENSSL_CONF: '/dev/null', TZ: 'UTC' };
  if (libssl === undefined) return own;
  const { LD_LIBRARY_PATH: inherited } = process.env;
  const folders = [dirname(libssl), ...(inherited === undefined ? [] : [inherited])];
  return { ...own, LD_LIBRARY_PATH: folders.join(':') };
}

function pipe(path: string): { readonly read: number; readonly write: number } {
  const both = openSync(path, constants.O_RDWR);
  const read = openSync(path, constants.O_RDONLY);
  const write = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}

/** What the agent wrote into the memory that the file stands for. */
function markAt(file: number): { readonly program: number; readonly step: number } {
  const words = new Int32Array(markBytes / 4);
  readSync(file, words, 0, markBytes, 0);
  const [program = 0, step = 0] = words;
  return { program, step };
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
