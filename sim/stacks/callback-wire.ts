/** A callback that an agent tells of, and its answer, between the wire and who is asked. */
import { fromWire, happeningsFromWire, type WireCallback, type WireCallbackAnswer } from './agent/protocol.js';
import { type ArgumentValue, type CallbackAnswer, defaultAnswers, type StackCallback } from './stack.js';

export function callbackFromWire(told: WireCallback): StackCallback {
  const { callback, on, ctx, ssl, session } = told;
  const args = told.args.map(fromWire) as ArgumentValue[]; // what `toWire` wrote in the agent
  return { callback, on, ctx, ssl, session, args, events: happeningsFromWire(told.events) };
}

/** @param answered - undefined: what C programs do that have no such callback */
export function answerInWire({ callback }: WireCallback, answered: CallbackAnswer | undefined): WireCallbackAnswer {
  if (answered === undefined) return defaultAnswers[callback];
  const { ret, copy, id, keys } = answered;
  return { ret, copy, id: id && toHex(id), keys: keys && [toHex(keys.name), toHex(keys.hmacKey), toHex(keys.aesKey)] };
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
