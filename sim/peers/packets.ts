/** `--pcap` of `simtls serve` and `connect`: the sockets' bytes as a capture that grows while they talk. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { LiveCapture, type LiveFlow, type LiveSide } from '../capture/index.js';
import { messageOf, PeerError } from './error.js';

/** Milliseconds for which packets wait, so that the secrets which they bring about stand ahead of them. */
const heldMs = 50;
const secretFileMode = 0o600;

export class Packets {
  readonly #capture: LiveCapture;
  readonly #close: () => void;
  #timer: NodeJS.Timeout | undefined;
  #failure: PeerError | undefined;

  /**
   * @param to - a file, which is begun anew, or who takes the bytes
   * @throws PeerError where the file cannot be written
   */
  constructor(to: string | ((bytes: Uint8Array) => void), about: string) {
    const file = typeof to === 'string' ? fileAt(to) : { write: to, close: (): void => {} };
    this.#close = file.close;
    const usAMs = 1000;
    this.#capture = new LiveCapture(file.write, about, () => Date.now() * usAMs);
  }

  /** A line of an NSS key log. */
  secret(line: string): void {
    this.#capture.secret(line);
  }

  /** What is told of a socket whose connection stands. */
  of(socket: Socket, opened: LiveSide): PacketFlow {
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
    const [own, peer] = [addressOf(localAddress), addressOf(remoteAddress)];
    const flow = this.#capture.connection(
      { address: own, port: localPort },
      { address: peer, port: remotePort },
      opened,
    );
    this.#hold();
    return new PacketFlow(flow, () => this.#hold());
  }

  /** There is no more. @throws PeerError where something could not be written */
  end(): void {
    clearTimeout(this.#timer);
    this.#release();
    this.#close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #hold(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#release();
    }, heldMs);
  }

  /** A capture that cannot grow any more does not end the connections in it. */
  #release(): void {
    try {
      if (this.#failure === undefined) this.#capture.release();
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.#failure = cause;
    }
  }
}

/** A connection in a capture. */
export class PacketFlow {
  readonly #flow: LiveFlow;
  readonly #hold: () => void;

  constructor(flow: LiveFlow, hold: () => void) {
    this.#flow = flow;
    this.#hold = hold;
  }

  sent(bytes: Uint8Array): void {
    this.#flow.data('own', bytes);
    this.#hold();
  }

  received(bytes: Uint8Array): void {
    this.#flow.data('peer', bytes);
    this.#hold();
  }

  ended(from: LiveSide): void {
    this.#flow.ended(from);
    this.#hold();
  }

  reset(from: LiveSide): void {
    this.#flow.reset(from);
    this.#hold();
  }

  /** Something to be said beside the next packet. */
  remark(text: string): void {
    this.#flow.remark(text);
  }
}

function fileAt(path: string): { readonly write: (bytes: Uint8Array) => void; readonly close: () => void } {
  const tried = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      throw new PeerError('FILE_UNWRITABLE', `cannot write the capture to ${path}: ${messageOf(cause)}`, { cause });
    }
  };
  const file = tried(() => openSync(path, 'w', secretFileMode));
  return {
    write(bytes) {
      for (let at = 0; at < bytes.length; ) at += tried(() => writeSync(file, bytes, at));
    },
    close: () => tried(() => closeSync(file)),
  };
}

const ipv6Groups = 8;

/** The bytes of an address as Node writes it; an IPv4 address in an IPv6 one is the IPv4 address. */
export function addressOf(text: string): Uint8Array {
  const ipv4 = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/iu.exec(text);
  if (ipv4 !== null) return Uint8Array.from(ipv4.slice(1), Number);
  const [before = '', after] = text.replace(/%.*$/u, '').split('::');
  const groups = (part: string): number[] =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const whole = [...head, ...new Array<number>(Math.max(0, ipv6Groups - head.length - tail.length)).fill(0), ...tail];
  return Uint8Array.from(whole.flatMap((group) => [group >> 8, group & 0xff]));
}
