/** What a disk answers instead of doing what it was asked, by POSIX names. */

export type DiskErrorCode = 'ENOENT' | 'EEXIST' | 'EISDIR' | 'ENOTDIR' | 'ENOTEMPTY' | 'ENOSPC' | 'EINVAL';

const codes: readonly DiskErrorCode[] = ['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'ENOSPC', 'EINVAL'];

/** A file operation that failed, and left everything as it was. */
export class DiskError extends Error {
  readonly code: DiskErrorCode;
  readonly path: string;
  constructor(code: DiskErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(`${message}: ${path}`, options);
    this.name = 'DiskError';
    this.code = code;
    this.path = path;
  }
}

/** The error of the library beneath as ours; anything else is passed on as it is. */
export function asDiskError(error: unknown, path: string): unknown {
  const code = codes.find((each) => error instanceof Error && 'code' in error && error.code === each);
  return code === undefined ? error : new DiskError(code, path, `the disk answers ${code}`, { cause: error });
}
