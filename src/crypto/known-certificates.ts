import { equalBytes } from './bytes.js';
import { type CertificateInfo, readCertificate } from './certificate.js';
import { testCredentials } from './test-credentials.js';

/** So many are remembered: a client meets few servers. */
const knownMax = 4;

/** What every simulated server has unless told. */
const ofTests: readonly CertificateInfo[] = Object.values(testCredentials).flatMap(({ chain }) =>
  chain.map(readCertificate),
);

/** Certificates that were read before, latest first: the same ones come again and again, and to read one takes as long as some messages. */
export class KnownCertificates {
  #known: readonly CertificateInfo[] = [];

  /**
   * What a certificate says, on bytes of its own: `der` may be gone after the call.
   * @throws CertificateError as `readCertificate`
   */
  read(der: Uint8Array): CertificateInfo {
    const known =
      ofTests.find((one) => equalBytes(one.der, der)) ?? this.#known.find((one) => equalBytes(one.der, der));
    if (known !== undefined) return known;
    const read = readCertificate(der.slice());
    this.#known = [read, ...this.#known.slice(0, knownMax - 1)];
    return read;
  }
}
