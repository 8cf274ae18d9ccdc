/** One call as it was asked for, and what is told of it. */
import type { ArgumentValue, ObjectId } from '../stack.js';
import type { Calls } from './calls.js';
import type { Objects } from './objects.js';
import { type Answer, fromWire, happeningsToWire, type Question, toWire } from './protocol.js';

type Asked = Pick<Extract<Question, { ask: 'call' }>, 'call' | 'args' | 'watch' | 'owned'>;

export function answerCall(
  asked: Asked,
  calls: Calls,
  objects: Objects,
): Omit<Extract<Answer, { tell: 'answer' }>, 'tell'> {
  calls.callbacks.owned = asked.owned;
  // What `toWire` wrote on the other side.
  const { ret, errors } = calls.perform(asked.call, asked.args.map(fromWire) as ArgumentValue[]);
  const events = objects.takeHappenings();
  const met: ObjectId[] = events.flatMap((event) => ('session' in event ? [event.session] : []));
  if (typeof ret === 'object' && ret !== null && 'object' in ret) met.push(ret.object);
  return {
    ret: toWire(ret),
    errors,
    events: happeningsToWire(events),
    snapshots: objects.snapshots([...asked.watch, ...met]),
  };
}
