/** The calls that C does not have: docs/programs.md, `sim_*`. */
import { type Primitives, simClose, simExchange, simHandshake } from '../composite.js';
import { type ArgumentValue, callbackName, type ObjectKind } from '../stack.js';
import type { Asking } from './asking.js';
import type { Callbacks } from './callbacks.js';
import type { CallOutcome } from './calls.js';
import type { Clock } from './clock.js';
import type { Errors } from './errors.js';
import type { ExData } from './ex-data.js';
import type { Filters } from './filters.js';
import type { Library } from './library.js';
import type { Objects, SslEntry } from './objects.js';
import type { Tables } from './tables.js';
import type { TestCertificate } from './test-certificate.js';
import { cut, fail, inject, join } from './transports.js';
import { bytesOf, idOf, wordOf } from './values.js';

/** What they are made with. */
interface Own {
  readonly library: Library;
  readonly objects: Objects;
  readonly errors: Errors;
  readonly primitives: Primitives<SslEntry>;
  readonly certificate: TestCertificate;
  readonly asking: Asking;
  readonly filters: Filters;
  readonly exData: ExData;
  readonly tables: Tables;
  readonly callbacks: Callbacks;
  readonly clock: Clock;
}

/** Each by its name. */
export function additions(own: Own): Record<string, (args: readonly ArgumentValue[]) => CallOutcome> {
  const { library, objects, errors, primitives, certificate, asking, filters, exData, tables, callbacks, clock } = own;
  const ssl = (value: ArgumentValue | undefined): SslEntry => objects.ssl(idOf(value));
  const done = { ret: 1, errors: [] };
  return {
    sim_use_certificate: ([ctx]) => {
      certificate.use(objects.ctx(idOf(ctx)).address);
      return done;
    },
    sim_pair: ([client, server]) => {
      join(library, ssl(client), ssl(server));
      library.call('SSL_set_connect_state', ssl(client).address);
      library.call('SSL_set_accept_state', ssl(server).address);
      return { ret: 1, errors: errors.take() };
    },
    sim_handshake: ([client, server]) => simHandshake(primitives, ssl(client), ssl(server)),
    sim_exchange: ([from, to]) => simExchange(primitives, ssl(from), ssl(to)),
    sim_close: ([client, server]) => simClose(primitives, ssl(client), ssl(server)),
    sim_cut: ([on]) => {
      cut(library, ssl(on));
      return done;
    },
    sim_corrupt: ([on]) => {
      ssl(on).corrupt = true;
      return done;
    },
    sim_break: ([on]) => {
      fail(library, ssl(on));
      return done;
    },
    sim_capacity: ([on, bytes]) => {
      const entry = ssl(on);
      if (!entry.isCut) filters.capacity(entry, Number(bytes));
      return done;
    },
    sim_deliver: ([on, bytes]) => {
      const entry = ssl(on);
      if (!entry.isCut) filters.deliver(entry, Number(bytes));
      return done;
    },
    sim_inject: ([on, bytes]) => {
      const entry = ssl(on);
      const inbound = filters.behind(library.pointer('SSL_get_rbio', entry.address));
      if (!entry.isCut) asking.quietly(() => inject(library, inbound, bytesOf(bytes)));
      return done;
    },
    sim_virtual_host: (args) => {
      tables.virtualHost(args);
      return done;
    },
    sim_psk: (args) => {
      tables.psk(args);
      return done;
    },
    sim_alpn_select: (args) => {
      tables.alpnSelect(args);
      return done;
    },
    sim_ex_data: ([kind]) => {
      // Its place in a program takes no other word.
      exData.record(wordOf(kind) as ObjectKind);
      return done;
    },
    sim_clock: ([seconds, milliseconds]) => {
      clock.move({ seconds: Number(seconds), milliseconds: Number(milliseconds ?? 0) });
      return done;
    },
    sim_on_new: ([ctx, keep]) => {
      callbacks.onNew(objects.ctx(idOf(ctx)), keep === true);
      return done;
    },
    sim_on_remove: ([ctx]) => {
      callbacks.onRemove(objects.ctx(idOf(ctx)));
      return done;
    },
    sim_on_get: ([ctx, mode]) => {
      callbacks.onGet(objects.ctx(idOf(ctx)), wordOf(mode));
      return done;
    },
    sim_on: ([owner, name]) => {
      const entry = objects.alive(idOf(owner));
      if (entry === undefined || entry.kind === 'session') throw new Error('no object that has callbacks');
      asking.on(entry, callbackName(wordOf(name)));
      return done;
    },
  };
}
