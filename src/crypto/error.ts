/** A certificate or key that is no DER of the expected form (`DECODE_ERROR`), or of a kind that is not supported. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code: 'DECODE_ERROR' | 'UNSUPPORTED_KEY';

  constructor(code: 'DECODE_ERROR' | 'UNSUPPORTED_KEY', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The caller asked for a signature that this kind of key does not make. */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';
  readonly code = 'SCHEME_KEY_MISMATCH';
}
