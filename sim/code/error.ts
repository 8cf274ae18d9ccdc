/**
 * `CODE_BUSY`: another run with code under test is on in this Node process. `PROCESS_GONE`: the process of the world whose code still
 * calls has crashed or exited, or its run is over. `ENOTFOUND`, …: what the network answers, by Node's names.
 */
export type CodeErrorCode = 'CODE_BUSY' | 'PROCESS_GONE';

/** Code under test that is run, or calls, where it cannot. */
export class CodeError extends Error {
  override readonly name = 'CodeError';
  readonly code: CodeErrorCode;

  constructor(code: CodeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What code meets that outlives its process: nobody is told of it. */
export function processGone(host: string): CodeError {
  return new CodeError('PROCESS_GONE', `the process on ${host} is gone: nothing that was its own can be used any more`);
}
