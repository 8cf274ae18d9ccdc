import type { Broken, Invariant, Owner } from './violation.js';

export const cacheWithinBound: Invariant = {
  code: 'BND',
  name: 'cache-within-bound',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'simtls',
  reason: 'a cache with a size never grows beyond it (lowering the size evicts nothing by itself)',
  source:
    'SSL_CTX_sess_set_cache_size(3): "If adding the session makes the cache exceed its size, then unused sessions are dropped"',
  where: 'SSL_CTX_add_session, ssl/ssl_sess.c: the loop around remove_session_lock',
  helps: 'a fault of simtls: report the plan and its seed (simtls shrink makes it small)',
};

/**
 * Judges one look at a cache.
 * @param before - sessions at the look before
 * @param owner - libssl where it is real, or where its own mechanism lets the cache grow
 */
export function judgeCache(
  context: string,
  look: { readonly size: number; readonly number: number; readonly before: number; readonly owner: Owner },
): Broken | undefined {
  const { size, number, before, owner } = look;
  if (size === 0 || number <= size || number <= before) return undefined;
  return { invariant: cacheWithinBound, owner, text: `${context} holds ${number} sessions, its size is ${size}` };
}
