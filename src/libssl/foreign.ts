/** The manual's rule that libssl does not check: one SSL_SESSION object, one SSL_CTX. SSL_set_session(3), NOTES. */
import type { Connection } from '../connection/index.js';
import type { Context, Session } from '../session/index.js';

/** The first context that a session is used with is its own; a second one is told. */
export function foreignContext(context: Context, session: Session, ssl: Connection | undefined): void {
  if (session.home === undefined) {
    session.home = context;
    return;
  }
  if (session.home === context) return;
  session.library.environment.emit?.({
    kind: 'foreign-context',
    session: session.id,
    owner: session.home.id,
    used: context.id,
    ssl: ssl?.id ?? 0,
  });
}
