/** The ear of libssl's message callback: records, messages and alerts. */
import type { Library, Pointer } from '../library.js';
import type { Objects } from '../objects.js';
import { copyIn } from './memory.js';
import type { Told } from './told.js';

/** SSL3_RT_ALERT, _HANDSHAKE, and the pseudo types _HEADER and _INNER_CONTENT_TYPE (ssl3.h). */
const alertType = 21;
const handshakeType = 22;
const headerType = 256;
const innerType = 257;
const headerBytes = 5;

/**
 * The C function for SSL_CTX_set_msg_callback(3).
 * @param ears - `tell` gets the events; `at` is told where records and alerts are about to be written
 */
export function messageCallback(
  library: Library,
  objects: Objects,
  {
    tell,
    at,
  }: {
    readonly tell: (told: Told) => void;
    readonly at: (point: 'record:write' | 'alert:before', ssl: number) => void;
  },
): Pointer {
  return library.callback(
    'message',
    (isSent: number, _version: number, type: number, content: Pointer, length: number | bigint, ssl: Pointer) => {
      if (type < alertType || type > innerType || (type > handshakeType && type < headerType)) return;
      const entry = objects.at(ssl);
      if (entry === undefined) return;
      const of = { ssl: entry.id, direction: isSent === 0 ? 'received' : 'sent' } as const;
      const [first = 0, second = 0, , high = 0, low = 0] = copyIn(
        library,
        content,
        Math.min(Number(length), headerBytes),
      );
      if (isSent === 1 && first === alertType && type >= headerType) at('alert:before', entry.id);
      if (type === headerType) {
        if (isSent === 1) at('record:write', entry.id);
        tell({ kind: 'record', ...of, contentType: first, length: headerBytes + high * 256 + low, sum: 0 });
      } else if (type === handshakeType) {
        tell({ kind: 'message', ...of, handshakeType: first, length: Number(length) });
      } else if (type === alertType) tell({ kind: 'alert', ...of, level: first, description: second });
    },
  );
}
