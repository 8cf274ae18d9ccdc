/** `CODE_MISSING`: a step runs code under test that nobody has given. `MODEL_ONLY`: real OpenSSL was asked for what the model alone can do. */
export type WorldErrorCode = 'STACK_UNABLE' | 'PLAN_UNRUNNABLE' | 'CODE_MISSING' | 'MODEL_ONLY';

/** A run that cannot be made, or cannot go on: nobody's broken promise, but no verdict either. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  readonly code: WorldErrorCode;

  constructor(code: WorldErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
