/** The kinds of values that a call can return, coarse enough to be listed. */
import type { CallShape, Observation } from '../program/index.js';

const byOutcome: Readonly<Record<string, readonly string[]>> = {
  SSL_get_servername_type: ['0', '-1'],
  sim_handshake: ['ok', 'client failed', 'server failed', 'stuck'],
};

/** Calls that SSL_get_error judges: they return less than 0 where they did not come to their end. */
const judged: readonly string[] = ['SSL_do_handshake', 'SSL_write', 'SSL_shutdown'];

/** Calls that return a number of the program's own, of whatever sign. */
const givenBack: readonly string[] = [
  'SSL_CTX_set_timeout',
  'SSL_CTX_get_timeout',
  'SSL_SESSION_get_time',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_set_time',
];
const signs: readonly string[] = ['above 0', '0', 'below 0'];

/** What there is of a call, by what it returns. */
export function returnKinds(call: string, { returns }: CallShape): readonly string[] {
  const outcomes = byOutcome[call];
  if (outcomes !== undefined) return outcomes;
  switch (returns) {
    case 'void':
      return ['returns'];
    case 'ctx':
    case 'ssl':
    case 'session':
      return ['object', 'NULL'];
    case 'bytes':
      return ['bytes', 'no bytes'];
    case 'text':
      return ['text', 'NULL'];
    case 'read':
      return signs;
    case 'time':
    case 'number':
      return judged.includes(call) || givenBack.includes(call) ? signs : signs.slice(0, 2);
    case 'outcome':
      return ['all above 0', 'not all above 0'];
  }
}

/** Of which kind a line's value is; undefined where the step was not made. */
export function returnOf({ call, ret, errors }: Observation, { returns }: CallShape): string | undefined {
  if (errors.includes('null handle') || errors.includes('no such function')) return undefined;
  if (byOutcome[call] !== undefined) return String(ret);
  switch (returns) {
    case 'void':
      return 'returns';
    case 'ctx':
    case 'ssl':
    case 'session':
      return ret === null ? 'NULL' : 'object';
    case 'bytes':
      return ret === '' || ret === null ? 'no bytes' : 'bytes';
    case 'text':
      return ret === null ? 'NULL' : 'text';
    case 'time':
      return sign(typeof ret === 'object' ? 1 : ret);
    case 'read':
      return sign(Array.isArray(ret) ? ret[0] : ret);
    case 'number':
      return sign(ret);
    case 'outcome':
      return Array.isArray(ret) && ret.every((one) => Number(one) > 0) ? 'all above 0' : 'not all above 0';
  }
}

function sign(value: unknown): string {
  const number = Number(value);
  return number > 0 ? 'above 0' : number < 0 ? 'below 0' : '0';
}
