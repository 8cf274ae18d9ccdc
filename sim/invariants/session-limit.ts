import type { Broken, Invariant } from './violation.js';

export const sessionsWithinLimit: Invariant = {
  code: 'BND',
  name: 'sessions-within-limit',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason:
    'a server sends as many tickets as it likes, and a cache that nobody looks into is never emptied: memory grows',
  source:
    'RFC 8446 §4.6.1: "At any time after the server has received the client Finished message, it MAY send a NewSessionTicket message"',
  where: 'ssl_update_cache, ssl/ssl_lib.c: what a client’s internal cache takes, and what the new callback is handed',
  helps:
    'let the oldest go when there are more than are meant; take what is let go out of the internal cache, too (SSL_CTX_remove_session), or switch that off (SSL_SESS_CACHE_NO_INTERNAL)',
};

/** The sessions of one host that a process holds, besides those in use, and how many it means to hold. */
export interface HeldSessions {
  readonly host: string;
  readonly most: number;
  readonly names: readonly string[];
}

/** So many are named. */
const namedMax = 4;

export function judgeHeldSessions({ host, most, names }: HeldSessions): Broken | undefined {
  if (names.length <= most) return undefined;
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : '';
  return {
    invariant: sessionsWithinLimit,
    text: `${names.length} sessions of ${host} are kept, and no more than ${most} are meant to be: ${names.slice(0, namedMax).join(', ')}${more}`,
  };
}
