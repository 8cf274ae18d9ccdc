/** Why bytes are no session file: each reason by its name. */
export type SessionFileErrorCode =
  /** Larger than any session. */
  | 'TOO_LARGE'
  /** PEM of something else, or damaged. */
  | 'PEM_INVALID'
  /** Neither PEM, DER, base64 nor JSON. */
  | 'FORM_UNKNOWN'
  /** No SSL_SESSION as OpenSSL encodes it. */
  | 'DER_INVALID'
  /** JSON that does not describe a session. */
  | 'JSON_INVALID';

export class SessionFileError extends Error {
  override readonly name = 'SessionFileError';
  readonly code: SessionFileErrorCode;

  constructor(code: SessionFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
