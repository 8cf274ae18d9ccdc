/** Secrets by label and client random, as lines of an NSS key log have them. */

export class KeyLog {
  /** More than one under a label: a ClientHello that was replayed has the random bytes of the first. */
  readonly #secrets = new Map<string, Uint8Array[]>();

  /** Lines that are none (comments, what was cut) are passed over. */
  constructor(lines: Iterable<string>) {
    for (const line of lines) {
      const [, label, random, secret] = /^(\w+) ([0-9a-f]+) ((?:[0-9a-f]{2})+)\s*$/iu.exec(line) ?? [];
      if (label === undefined || random === undefined || secret === undefined) continue;
      const key = `${label} ${random.toLowerCase()}`;
      const list = this.#secrets.get(key);
      if (list === undefined) this.#secrets.set(key, [bytesOfHex(secret)]);
      else list.push(bytesOfHex(secret));
    }
  }

  get(label: string, clientRandom: Uint8Array): readonly Uint8Array[] {
    const random = Array.from(clientRandom, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return this.#secrets.get(`${label} ${random}`) ?? [];
  }
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
