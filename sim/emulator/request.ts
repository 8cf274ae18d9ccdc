/** What a client of the emulator asks for: nine bytes, then a body. Both ends of it are ours. */

export interface Request {
  /** Of the body. */
  readonly bytes: number;
  /** Of the answer. */
  readonly answer: number;
  /** Whether the connection goes on after the answer, or the answer ends with it. */
  readonly ends: 'length' | 'until-close';
}

export const requestHeaderBytes = 9;
/** Letters, since what begins with small numbers looks to Wireshark like a protocol that it knows (RDPMT). */
const [length, untilClose] = [0x4c, 0x43];

export function encodeRequest(request: Request): Uint8Array {
  const header = new Uint8Array(requestHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint8(0, request.ends === 'until-close' ? untilClose : length);
  view.setUint32(1, request.bytes);
  view.setUint32(5, request.answer);
  return header;
}

/** @param header - exactly `requestHeaderBytes` */
export function decodeRequest(header: Uint8Array): Request {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return {
    ends: view.getUint8(0) === untilClose ? 'until-close' : 'length',
    bytes: view.getUint32(1),
    answer: view.getUint32(5),
  };
}
