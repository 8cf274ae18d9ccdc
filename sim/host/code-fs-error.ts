import type { DiskErrorCode } from './errors.js';

/** As Node tells it: `code`, `syscall` and `path`, and all of them in the message. `EIO`: the process that held it is gone. */
export class CodeFsError extends Error {
  override readonly name = 'Error';
  readonly code: DiskErrorCode | 'EBADF' | 'EMFILE' | 'EIO';
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(code: CodeFsError['code'], syscall: string, path?: string, options?: ErrorOptions) {
    super(`${code}: ${syscall}${path === undefined ? '' : ` '${path}'`}`, options);
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}
