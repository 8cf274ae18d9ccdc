/** A program for the node of an OpenSSL line: what its libssl answers to NULL in place of a context or a method. Prints JSON. */

import { library, type Pointer, p, takeErrors } from './native.js';
import type { NullAnswers } from './null-cases.js';

const SSL_CTX_new = library.func('SSL_CTX_new', p, [p]);
const TLS_method = library.func('TLS_method', p, []);
const SSL_CTX_ctrl = library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]);
const SSL_new = library.func('SSL_new', p, [p]);
const SSL_set_SSL_CTX = library.func('SSL_set_SSL_CTX', p, [p, p]);

/** SSL_CTRL_… (ssl.h). */
const Ctrl = { number: 20, setSize: 42, getSize: 43, setMode: 44, getMode: 45 } as const;

const ctx: Pointer = SSL_CTX_new(TLS_method());
const other: Pointer = SSL_CTX_new(TLS_method());
const ssl: Pointer = SSL_new(ctx);
SSL_set_SSL_CTX(ssl, other);
const answers: NullAnswers = {
  connection: [SSL_new(null) ?? null, ...takeErrors()],
  context: [SSL_CTX_new(null) ?? null, ...takeErrors()],
  backToItsOwn: SSL_set_SSL_CTX(ssl, null) === ctx,
  numbers: [
    SSL_CTX_ctrl(null, Ctrl.number, 0, null),
    SSL_CTX_ctrl(null, Ctrl.setMode, 3, null),
    SSL_CTX_ctrl(null, Ctrl.setSize, 5, null),
    SSL_CTX_ctrl(null, Ctrl.getMode, 0, null),
    SSL_CTX_ctrl(null, Ctrl.getSize, 0, null),
  ].map(Number),
};
process.stdout.write(JSON.stringify(answers));
