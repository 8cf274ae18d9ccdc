/**
 * The agent: a process of the node binary that carries the OpenSSL wanted (or that loads `--libssl PATH`), answering
 * one question after the other until the asking side closes its end.
 */
import type { ArgumentValue, ObjectId } from '../stack.js';
import { Calls } from './calls.js';
import { Library } from './library.js';
import { Objects } from './objects.js';
import { Programs } from './programs.js';
import {
  type Answer,
  answerDescriptor,
  fromWire,
  lineToWire,
  type Question,
  questionDescriptor,
  readMessage,
  toWire,
  type WireHappening,
  writeMessage,
} from './protocol.js';
import { attach, drain, feed } from './transports.js';

/** A call that takes longer has met a broken list of libssl's: SIGALRM ends the process. */
const callSecondsMax = 20;

const [option, path] = process.argv.slice(2);
const library = new Library(option === '--libssl' && path !== undefined ? path : null);
const version = library.text('OpenSSL_version', 0);
const objects = new Objects(library);
const calls = new Calls(library, objects);
const programs = new Programs({ library, objects, calls, callSecondsMax });
writeMessage(answerDescriptor, { version });
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
    return { tell: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    library.call('alarm', 0);
  }
}

function answer(question: Question): Answer {
  switch (question.ask) {
    case 'call':
      return answerCall(question);
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
    case 'look':
      return { tell: 'snapshots', snapshots: objects.snapshots(question.objects) };
    case 'programs':
      return { tell: 'digests', ...programs.run(question) };
    case 'lines':
      return { tell: 'lines', lines: programs.lines(question.program).map(lineToWire) };
    case 'reset':
      return { tell: objects.reset() ? 'done' : 'spent' };
  }
}

function answerCall(question: Extract<Question, { ask: 'call' }>): Answer {
  calls.callbacks.owned = question.owned;
  // What `toWire` wrote on the other side.
  const { ret, errors } = calls.perform(question.call, question.args.map(fromWire) as ArgumentValue[]);
  const events = objects.takeHappenings();
  const met: ObjectId[] = events.flatMap((event) => ('session' in event ? [event.session] : []));
  if (typeof ret === 'object' && ret !== null && 'object' in ret) met.push(ret.object);
  const wire: WireHappening[] = events.map((event) =>
    event.name === 'get' ? { ...event, id: Buffer.from(event.id).toString('hex') } : event,
  );
  return {
    tell: 'answer',
    ret: toWire(ret),
    errors,
    events: wire,
    snapshots: objects.snapshots([...question.watch, ...met]),
  };
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
