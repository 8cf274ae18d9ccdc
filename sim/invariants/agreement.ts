import type { Broken, Invariant } from './violation.js';

export const endsAgreeOnResumption: Invariant = {
  code: 'AUTH',
  name: 'ends-agree-on-resumption',
  judged: 'handshake',
  under: 'any faults',
  on: 'both stacks',
  owner: 'simtls',
  reason: 'one side that resumes while the other does not would hold other keys',
  source: 'RFC 5246 §7.3: both sides proceed directly to Finished, or neither does',
  where: 'tls_process_server_hello, ssl/statem/statem_clnt.c; tls_construct_server_hello, ssl/statem/statem_srvr.c',
  helps: 'a fault of simtls: report the plan and its seed (simtls shrink makes it small)',
};

/** Judges a connection whose handshake both sides have finished; each is 1 or 0. */
export function judgeAgreement(
  connection: number,
  reused: { readonly client: number; readonly server: number },
): Broken | undefined {
  if (reused.client === reused.server) return undefined;
  const said = (value: number): string => (value === 1 ? 'resumed' : 'new');
  return {
    invariant: endsAgreeOnResumption,
    text: `connection ${connection}: ${said(reused.client)} for the client, ${said(reused.server)} for the server`,
  };
}
