/** What scenarios of TLS 1.3 rest on, as conversations that the model and real OpenSSL have. */
import type { Conversation } from './conversation.js';

export const conversations: Readonly<Record<string, Conversation>> = {
  'KeyUpdates in a row, each of which asks for one: each is answered as the next is read, or with the next data': {
    contexts: { client: {}, server: { certificate: true } },
    lines: [
      ['new c s client server', ''],
      ['handshake c s', '1, 1'],
      ['c SSL_key_update 1', '1'],
      ['c SSL_key_update 1', '0 SSL still in init'],
      ['c SSL_do_handshake', '1'],
      ['c SSL_key_update 1', '1'],
      ['c SSL_do_handshake', '1'],
      ['c SSL_key_update 1', '1'],
      ['c SSL_write x', '1'],
      ['move c s', '4'],
      ['s SSL_read', '1 x'],
      ['move s c', '2'],
      ['s SSL_write y', '1'],
      ['move s c', '2'],
      ['c SSL_read', '1 y'],
      ['c SSL_key_update 0', '1'],
      ['c SSL_do_handshake', '1'],
      ['move c s', '1'],
      ['s SSL_read', '-1 WANT_READ'],
      ['move s c', '0'],
    ],
  },
};
