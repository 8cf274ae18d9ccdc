/** Where two accounts of one plan part. */
import type { Account } from './account.js';

export interface Difference {
  /** `step client-7`, `connection 2`, `events server callback new`, `verdict`. */
  readonly what: string;
  readonly first: string;
  readonly second: string;
}

const missing = 'nothing';

/** The differences in the order of connections, steps and events. Decisions, which real OpenSSL does not tell, are left out. */
export function differencesOf(first: Account, second: Account): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, a: string | undefined, b: string | undefined): void => {
    if (a !== b) found.push({ what, first: a ?? missing, second: b ?? missing });
  };
  const connections = Math.max(first.connections.length, second.connections.length);
  for (let i = 0; i < connections; i++) {
    const [a, b] = [first.connections[i], second.connections[i]];
    compare(`connection ${i + 1}`, a && connectionLine(a), b && connectionLine(b));
  }
  for (const id of keysOf(first.steps, second.steps)) compare(`step ${id}`, first.steps[id], second.steps[id]);
  for (const key of keysOf(first.events, second.events)) {
    compare(`events ${key}`, String(first.events[key] ?? 0), String(second.events[key] ?? 0));
  }
  compare('verdict', first.verdict, second.verdict);
  return found;
}

/** What can be the same of a connection: outcome, version, suite, errors of either end. */
function connectionLine({ outcome, details }: Account['connections'][number]): string {
  if (details === undefined) return outcome;
  const { version, cipher, clientErrors, serverErrors } = details;
  const errors = [
    ...clientErrors.map((error) => `client: ${error}`),
    ...serverErrors.map((error) => `server: ${error}`),
  ];
  return [outcome, version, cipher, ...errors].filter((word) => word !== '').join(', ');
}

function keysOf(first: object, second: object): ReadonlySet<string> {
  return new Set([...Object.keys(first), ...Object.keys(second)]);
}
