/**
 * The agent: a process of the node binary that carries the OpenSSL wanted (or that loads `--libssl PATH`), answering
 * one question after the other until the asking side closes its end.
 */
import { type CallbackAnswer, type StackCallback, StackCrash, StackUnable } from '../stack.js';
import { answerCall } from './answer.js';
import { Calls } from './calls.js';
import { Clock } from './clock.js';
import { Library } from './library.js';
import { Objects } from './objects.js';
import { Programs } from './programs.js';
import {
  type Answer,
  answerDescriptor,
  happeningsToWire,
  Incoming,
  lineToWire,
  type Question,
  questionDescriptor,
  toWire,
  type WireCallbackAnswer,
  writeMessage,
} from './protocol.js';
import { attach, drain, feed } from './transports.js';
import type { Consultation } from './world/consult.js';
import type { Effects } from './world/protocol.js';
import { WorldAgent, worldAnswers } from './world/world.js';

/** A call that takes longer has met a broken list of libssl's: SIGALRM ends the process. */
const callSecondsMax = 20;

const questions = new Incoming(questionDescriptor);
const [option, path] = process.argv.slice(2);
const library = new Library(option === '--libssl' && path !== undefined ? path : null);
const { lacks } = library;
if (lacks.length > 0) {
  writeMessage(answerDescriptor, { lacks });
  process.exit();
}
const version = library.text('OpenSSL_version', 0);
const objects = new Objects(library);
const clock = new Clock(library);
const calls = new Calls(library, objects, { clock, consult });
const answerWorld = worldAnswers(() => new WorldAgent({ library, objects, calls, clock, consult: consultWorld }));
const programs = new Programs({ library, objects, calls, clock, callSecondsMax });
writeMessage(answerDescriptor, { version, clock: clock.present, memory: library.memory !== undefined });
for (let question = nextQuestion(); question !== undefined; question = nextQuestion()) {
  writeMessage(answerDescriptor, answerTo(question));
}

function nextQuestion(): Question | undefined {
  return questions.next() as Question | undefined;
}

/** In the middle of a call: tells of the callback, and answers what is asked until there is an answer to it. */
function consult(asked: StackCallback): CallbackAnswer {
  const answered = programs.consult(asked);
  if (answered !== undefined) return answered;
  library.call('alarm', 0);
  const args = asked.args.map(toWire);
  writeMessage(answerDescriptor, { ...asked, tell: 'callback', args, events: happeningsToWire(asked.events) });
  for (let question = nextQuestion(); question !== undefined; question = nextQuestion()) {
    if (question.ask !== 'return') {
      writeMessage(answerDescriptor, answerTo(question));
      continue;
    }
    library.call('alarm', callSecondsMax);
    return { ...answerOf(question), owned: question.owned };
  }
  // The asking side has gone, and the call cannot come to its end.
  process.exit();
}

function answerOf({ ret, copy, id, keys }: WireCallbackAnswer): Omit<CallbackAnswer, 'owned'> {
  const [name, hmacKey, aesKey] = (keys ?? []).map(fromHex);
  const isWhole = name !== undefined && hmacKey !== undefined && aesKey !== undefined;
  return {
    ret,
    ...(copy === undefined ? {} : { copy }),
    ...(id === undefined ? {} : { id: fromHex(id) }),
    ...(isWhole ? { keys: { name, hmacKey, aesKey } } : {}),
  };
}

function answerTo(question: Question): Answer {
  // A process of a world has a limit of its own.
  const isTimed = question.ask !== 'world';
  try {
    if (isTimed) library.call('alarm', callSecondsMax);
    return answer(question);
  } catch (error) {
    if (error instanceof StackUnable) return { tell: 'unable', reason: error.reason };
    if (error instanceof StackCrash) return { tell: 'crash', signal: error.signal };
    return { tell: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    if (isTimed) library.call('alarm', 0);
  }
}

function answer(question: Question): Answer {
  switch (question.ask) {
    case 'call':
      return { tell: 'answer', ...answerCall(question, calls, objects) };
    case 'credential':
      calls.certificate.credential = { certificate: fromHex(question.certificate), key: fromHex(question.key) };
      return { tell: 'done' };
    case 'attach':
      attach(library, objects.ssl(question.ssl));
      return { tell: 'done' };
    case 'feed':
      feed(library, objects.ssl(question.ssl), fromHex(question.hex), question.end);
      return { tell: 'done' };
    case 'drain':
      return { tell: 'bytes', hex: Buffer.from(drain(library, objects.ssl(question.ssl))).toString('hex') };
    case 'return':
    case 'advise':
      throw new Error('no callback waits');
    case 'clock':
      clock.put(question.us);
      return { tell: 'done' };
    case 'look':
      return { tell: 'snapshots', snapshots: objects.snapshots(question.objects) };
    case 'world':
      return answerWorld(question);
    case 'programs':
      return { tell: 'outcomes', ...programs.run(question) };
    case 'lines':
      return { tell: 'lines', lines: programs.lines(question.program).map(lineToWire) };
    case 'reset':
      return { tell: objects.reset() ? 'done' : 'spent' };
  }
}

/** The same for a callback that needs something of the world. */
function consultWorld(consult: Consultation, effects: Effects): string | null {
  library.call('alarm', 0);
  writeMessage(answerDescriptor, { tell: 'consult', consult, ...effects });
  for (let question = nextQuestion(); question !== undefined; question = nextQuestion()) {
    if (question.ask !== 'advise') {
      writeMessage(answerDescriptor, answerTo(question));
      continue;
    }
    library.call('alarm', callSecondsMax);
    return question.value;
  }
  process.exit();
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
