import test from 'ava';
import { bytesOf, fieldsOfConnection, messageAt, placesOf } from '../../sim/fields/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import * as rfc from '../src/handshake/_rfc8448.js';
import { uncoveredOf } from './_fields.js';
import { scenarios } from './_scenarios.js';

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
      ['length', 6, 3, '192 bytes'],
    ],
  );
});

test('the events of a trace about records, messages and alerts have their places in the bytes of the run', (t) => {
  const plan = recordPlan(scenarios.find((one) => one.name === 'resumed-by-ticket')!, { seed: '1', profile: '3.0' });
  const run = bytesOf(plan);
  const events: TraceEvent[] = [];
  t.is(runPlan(plan, { trace: (event) => events.push(event) }).fingerprint, run.result.fingerprint);
  const fields = run.connections.map((one) =>
    fieldsOfConnection({ client: one.client.bytes, server: one.server.bytes }, { keyLog: run.keyLog }),
  );
  const places = placesOf(run);
  let messages = 0;
  for (const event of events) {
    if (event.kind !== 'record' && event.kind !== 'message' && event.kind !== 'alert') continue;
    const place = places.get(event.n)!;
    t.is(run.connections[place.connection - 1]?.[place.from].host === event.host, event.direction === 'sent');
    const stream = fields[place.connection - 1]![place.from];
    if (event.kind === 'record') t.is(stream.records[place.record]?.length, event.length);
    if (event.kind !== 'message') continue;
    const message = messageAt(stream, place);
    if (message === undefined) continue;
    t.is(message.handshakeType, event.handshakeType);
    t.is(message.field.length, event.length);
    messages += 1;
  }
  t.true(messages > 0);
});
