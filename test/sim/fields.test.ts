import test from 'ava';
import { fieldsOfConnection } from '../../sim/fields/index.js';
import * as rfc from '../src/handshake/_rfc8448.js';
import { uncoveredOf } from './_fields.js';

const traces: readonly rfc.Trace[] = [rfc.simple, rfc.resumed, rfc.retried, rfc.authenticated, rfc.compatible];

test('fields cover every byte of the traces of RFC 8448, without a gap and without an overlap', (t) => {
  for (const trace of traces) t.deepEqual(uncoveredOf(fieldsOfConnection(trace), trace), []);
});

test('a handshake message names its type and its length', (t) => {
  const [hello] = fieldsOfConnection(rfc.simple).client.messages;
  t.is(hello?.name, 'ClientHello');
  t.deepEqual(
    hello?.field.children?.slice(0, 2).map(({ name, offset, length, value }) => [name, offset, length, value]),
    [
      ['msg_type', 5, 1, 'ClientHello (1)'],
      ['length', 6, 3, '192'],
    ],
  );
});
