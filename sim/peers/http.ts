/** As much of HTTP/1.1 (RFC 9112) as a page for whoever asks needs: request lines and headers in, one small answer out. */

/** Bytes of a request's line and headers. */
const headBytesMax = 16_384;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Whether the connection shall end with the answer. */
  readonly close: boolean;
}

/** Requests from bytes as they come. */
export class RequestReader {
  #text = '';

  push(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString('latin1');
  }

  /** The next whole request; undefined: not yet; `'invalid'`: no HTTP, or longer than 16,384 bytes. */
  next(): HttpRequest | 'invalid' | undefined {
    this.#text = this.#text.replace(/^(\r?\n)+/, '');
    const end = /\r?\n\r?\n/.exec(this.#text);
    if (end === null) return this.#text.length > headBytesMax ? 'invalid' : undefined;
    const head = this.#text.slice(0, end.index);
    this.#text = this.#text.slice(end.index + end[0].length);
    const line = /^([A-Z]+) (\S+) HTTP\/1\.([01])(\r?\n|$)/.exec(head);
    if (line === null || /^(content-length: *[^0\s]|transfer-encoding:)/im.test(head)) return 'invalid';
    const [, method = '', path = '', minor] = line;
    const connection = /^connection:[ \t]*(.*?)[ \t]*\r?$/im.exec(head)?.[1]?.toLowerCase() ?? '';
    return { method, path, close: minor === '0' ? connection !== 'keep-alive' : connection === 'close' };
  }
}

/** @param options - `body` is left out of the answer to a HEAD */
export function httpAnswer(options: {
  readonly status: string;
  readonly body: string;
  readonly close: boolean;
  readonly head?: boolean;
}): Uint8Array {
  const lines = [
    `HTTP/1.1 ${options.status}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(options.body)}`,
    `Connection: ${options.close ? 'close' : 'keep-alive'}`,
    '',
    options.head === true ? '' : options.body,
  ];
  return new Uint8Array(Buffer.from(lines.join('\r\n')));
}
