/**
 * The agent: a process of the node binary that carries the OpenSSL wanted (or that loads `--libssl PATH`), answering
 * one question after the other until the asking side closes its end.
 */
import { StackUnable } from '../stack.js';
import { answerOf } from './answer.js';
import { Calls } from './calls.js';
import { Clock } from './clock.js';
import { Library } from './library.js';
import { Objects } from './objects.js';
import {
  type Answer,
  answerDescriptor,
  type Question,
  questionDescriptor,
  readMessage,
  writeMessage,
} from './protocol.js';
import { attach, drain, feed } from './transports.js';
import type { Consultation } from './world/consult.js';
import { WorldAgent, worldAnswers } from './world/world.js';

/** A call that takes longer has met a broken list of libssl's: SIGALRM ends the process. */
const callSecondsMax = 20;

const [option, path] = process.argv.slice(2);
const library = new Library(option === '--libssl' && path !== undefined ? path : null);
const version = library.text('OpenSSL_version', 0);
const objects = new Objects(library);
const clock = new Clock(library);
const calls = new Calls(library, objects, clock);
const answerWorld = worldAnswers(() => new WorldAgent({ library, objects, calls, clock, consult }));
writeMessage(answerDescriptor, { version, clock: clock.present });
for (;;) {
  const question = readMessage(questionDescriptor) as Question | undefined;
  if (question === undefined) break;
  writeMessage(answerDescriptor, answerTo(question));
}

function answerTo(question: Question): Answer {
  try {
    library.call('alarm', callSecondsMax);
    return answer(question);
  } catch (error) {
    if (error instanceof StackUnable) return { tell: 'unable', reason: error.reason };
    return { tell: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    library.call('alarm', 0);
  }
}

function answer(question: Question): Answer {
  switch (question.ask) {
    case 'call':
      return { tell: 'answer', ...answerOf(question, calls, objects) };
    case 'credential':
      calls.credential = { certificate: fromHex(question.certificate), key: fromHex(question.key) };
      return { tell: 'done' };
    case 'attach':
      attach(library, objects.ssl(question.ssl));
      return { tell: 'done' };
    case 'feed':
      feed(library, objects.ssl(question.ssl), fromHex(question.hex), question.end);
      return { tell: 'done' };
    case 'drain':
      return { tell: 'bytes', hex: Buffer.from(drain(library, objects.ssl(question.ssl))).toString('hex') };
    case 'advise':
      throw new Error('nothing was asked');
    case 'clock':
      clock.put(question.us);
      return { tell: 'done' };
    case 'look':
      return { tell: 'snapshots', snapshots: objects.snapshots(question.objects) };
    case 'world':
      return answerWorld(question);
    case 'reset':
      return { tell: objects.reset() ? 'done' : 'spent' };
  }
}

/** Asks the world, in the middle of a call; it may ask something itself before it answers. */
function consult(what: Consultation): string | null {
  writeMessage(answerDescriptor, { tell: 'consult', consult: what });
  for (;;) {
    const question = readMessage(questionDescriptor) as Question | undefined;
    if (question === undefined) process.exit(0);
    if (question.ask === 'advise') return question.value;
    writeMessage(answerDescriptor, answerTo(question));
  }
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
