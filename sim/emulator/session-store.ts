/** A server's external session store: sessions as DER files on its disk, by the three callbacks of SSL_CTX_sess_set_get_cb(3). */
import type { Libssl, SslCtx, SslSession } from 'simtls';

/** The disk as the store uses it. Each operation fails by returning false or undefined. */
export interface StoreFiles {
  read(path: string): Uint8Array | undefined;
  write(path: string, bytes: Uint8Array): boolean;
  remove(path: string): boolean;
  /** Makes contents and name of a file durable. */
  sync(path: string): boolean;
}

export interface StoreOptions {
  /** Where the files are: it must be there. */
  readonly directory: string;
  /** When a new file is made durable: before the callback returns, or never. */
  readonly sync: 'each' | 'never';
  /**
   * What the get callback says of the reference that it has made: that libssl takes it over (`hand-over`, as it must); or that it
   * keeps it (`keep`: it sets `copy`), which is a lie, since it forgets the session: each resumption leaves one behind.
   */
  readonly reference: 'hand-over' | 'keep';
}

/**
 * Has a context's sessions kept in files: `DIRECTORY/ID.der`, the id in hex. The new callback keeps no reference.
 * @param options - `made` is told of each session that the get callback makes
 */
export function storeSessions(
  library: Libssl,
  ctx: SslCtx,
  files: StoreFiles,
  options: StoreOptions & { readonly made: (session: SslSession) => void },
): void {
  const pathOf = (id: Uint8Array): string => `${options.directory}/${Buffer.from(id).toString('hex')}.der`;
  library.SSL_CTX_sess_set_new_cb(ctx, (_ssl, session) => {
    const path = pathOf(library.SSL_SESSION_get_id(session));
    if (files.write(path, library.i2d_SSL_SESSION(session)) && options.sync === 'each') files.sync(path);
    return 0;
  });
  library.SSL_CTX_sess_set_remove_cb(ctx, (_ctx, session) => {
    files.remove(pathOf(library.SSL_SESSION_get_id(session)));
  });
  library.SSL_CTX_sess_set_get_cb(ctx, (_ssl, id) => {
    const bytes = files.read(pathOf(id));
    const session = bytes === undefined ? null : library.d2i_SSL_SESSION(bytes);
    if (session === null) return null;
    options.made(session);
    return { session, copy: options.reference === 'keep' };
  });
}
