// DER, and what is nearly DER, as elements that programs change: `{ tag, content }` or `{ tag, children }`, the tag as its bytes.
// `length` says how the length is written: in so many bytes, 'open' (indefinite) or 'never closed'; `less`, how much too short it is. `{ raw }` is bytes
// as they stand.

export const octets = (bytes) => ({ tag: [4], content: bytes });
export const integer = (...bytes) => ({ tag: [2], content: bytes });
export const field = (number, child) => ({ tag: [0xa0 + number], children: [child] });
export const sequence = (...children) => ({ tag: [0x30], children });

export function filled(count, byte) {
  return Array.from({ length: count }, () => byte);
}

/** DER as it should be: lengths of one to three bytes, tags of one. */
export function parsed(bytes) {
  const [element] = elements([...bytes]);
  return element;
}

function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const long = bytes[at + 1] >= 0x80 ? bytes[at + 1] - 0x80 : 0;
    const start = at + 2 + long;
    const length = long === 0 ? bytes[at + 1] : bytes.slice(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    const inner = bytes.slice(start, start + length);
    found.push(
      bytes[at] & 0x20 ? { tag: [bytes[at]], children: elements(inner) } : { tag: [bytes[at]], content: inner },
    );
    at = start + length;
  }
  return found;
}

/** Each element in it with the one around it: `{ parent, at }`. */
export function* places(parent) {
  for (const [at, child] of (parent.children ?? []).entries()) {
    yield { parent, at };
    yield* places(child);
  }
}

/** The same tag in more bytes than it needs. */
export function highTag(byte) {
  return [byte | 0x1f, byte & 0x1f];
}

export function written({ raw, tag, children, content, length, less = 0 }) {
  if (raw !== undefined) return raw;
  const inner = children === undefined ? content : children.flatMap(written);
  if (length === 'open') return [...tag, 0x80, ...inner, 0, 0];
  if (length === 'never closed') return [...tag, 0x80, ...inner];
  const said = Math.max(0, inner.length - less);
  if (length === undefined && said < 0x80) return [...tag, said, ...inner];
  const count = length ?? (said < 0x100 ? 1 : 2);
  return [...tag, 0x80 + count, ...Array.from({ length: count }, (_, at) => byteOf(said, count - 1 - at)), ...inner];
}

function byteOf(value, place) {
  return Math.floor(value / 256 ** place) % 256;
}
