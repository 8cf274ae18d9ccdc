/** What libssl tells of itself while it works, as the events of the model: records, messages and alerts by its message callback. */
import type { Library, Pointer } from '../library.js';
import type { Objects } from '../objects.js';
import { copyIn } from './memory.js';

/** As StackEvent has them (src/events.ts); ids of callbacks in hex. */
export type Told =
  | { readonly kind: 'made' | 'freed'; readonly object: number; readonly type: 'ctx' | 'ssl' | 'session' }
  | {
      readonly kind: 'callback';
      readonly name: 'new' | 'remove' | 'get';
      readonly ctx: number;
      readonly session: number;
      readonly ssl: number;
      readonly id: string;
    }
  | {
      readonly kind: 'record';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly contentType: number;
      readonly length: number;
    }
  | {
      readonly kind: 'message';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly handshakeType: number;
      readonly length: number;
    }
  | {
      readonly kind: 'alert';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly level: number;
      readonly description: number;
    };

/** SSL3_RT_ALERT, _HANDSHAKE, and the pseudo type _HEADER (ssl3.h). */
const alertType = 21;
const handshakeType = 22;
const headerType = 256;
const headerBytes = 5;

/** The C function for SSL_CTX_set_msg_callback(3). */
export function messageCallback(library: Library, objects: Objects, tell: (told: Told) => void): Pointer {
  return library.callback(
    'message',
    (isSent: number, _version: number, type: number, content: Pointer, length: number | bigint, ssl: Pointer) => {
      if (type !== headerType && type !== handshakeType && type !== alertType) return;
      const entry = objects.at(ssl);
      if (entry === undefined) return;
      const of = { ssl: entry.id, direction: isSent === 0 ? 'received' : 'sent' } as const;
      const [first = 0, second = 0, , high = 0, low = 0] = copyIn(
        library,
        content,
        Math.min(Number(length), headerBytes),
      );
      if (type === headerType) {
        tell({ kind: 'record', ...of, contentType: first, length: headerBytes + high * 256 + low });
      } else if (type === handshakeType) {
        tell({ kind: 'message', ...of, handshakeType: first, length: Number(length) });
      } else tell({ kind: 'alert', ...of, level: first, description: second });
    },
  );
}
