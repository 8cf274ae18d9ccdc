import type { Broken, Invariant } from './violation.js';

export const nothingAfterFatal: Invariant = {
  code: 'SEQ',
  name: 'nothing-after-fatal',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'what comes behind a fatal error is nobody’s: taking it tells an attacker how it was taken (CVE-2019-1559)',
  source:
    'RFC 5246 §7.2.2: "Upon transmission or receipt of a fatal alert message, both parties immediately close the connection"; RFC 8446 §6.2',
  where: 'ossl_statem_fatal, ssl/statem/statem.c; ssl3_read_bytes, ssl/record/rec_layer_s3.c',
  helps: 'only a repaired OpenSSL helps; free a connection after SSL_ERROR_SSL, and call nothing else on it',
};

export function dataAfterFatal(connection: number, what: 'sent' | 'received', length: number): Broken {
  return {
    invariant: nothingAfterFatal,
    text: `connection ${connection}: ${length} bytes were ${what} behind a fatal alert`,
  };
}

export const closeNotifyOnce: Invariant = {
  code: 'SEQ',
  name: 'close-notify-once',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'a call that is made again goes on with what it had begun, and begins nothing anew',
  source:
    'RFC 5246 §7.2.1, RFC 8446 §6.1: whoever has sent close_notify sends nothing more; Mbed TLS 1.3.9 sent it twice',
  where: 'ssl3_shutdown and ssl3_dispatch_alert, ssl/s3_lib.c and ssl/s3_msg.c',
  helps: 'only a repaired OpenSSL helps: report it with the shrunk plan',
};

export function saidCloseAgain(connection: number, side: 'client' | 'server'): Broken {
  return { invariant: closeNotifyOnce, text: `connection ${connection}: the ${side} has sent close_notify twice` };
}
