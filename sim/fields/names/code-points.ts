/** What code points are called. One that is not known stays a number. */
import { hexNumber, type Say } from '../reader.js';

export type Names = Readonly<Record<number, string>>;

/** RFC 5246 §6.2.1, RFC 8446 §B.1. */
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
export const contentTypes: Names = { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data' };

export const versions: Names = {
  2: 'SSL 2.0',
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

/** RFC 5246 §7.2. */
export const alertLevels: Names = { 1: 'warning', 2: 'fatal' };

/** `handshake (22)`, or the number alone. */
export function named(names: Names): Say {
  return (code) => (names[code] === undefined ? String(code) : `${names[code]} (${code})`);
}

/** `TLS 1.2 (0x0303)`, or the number alone. */
export function namedHex(names: Names, digits = 4): Say {
  return (code) => {
    const number = hexNumber(code, digits);
    return names[code] === undefined ? number : `${names[code]} (${number})`;
  };
}

/** RFC 8701 §2: code points of 16 bits that mean nothing, so that nobody forgets to pass over the unknown. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
}

/** `TLS_AES_128_GCM_SHA256 (0x1301)`, `GREASE (0x1a1a)`, or the number alone: of what may be GREASE. */
export function named16(names: Names): Say {
  const known = namedHex(names);
  return (code) => (isGrease(code) ? `GREASE (${hexNumber(code, 4)})` : known(code));
}
