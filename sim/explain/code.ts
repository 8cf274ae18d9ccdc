/** What a word that simtls prints means: a decision's code, an invariant, an error of libssl, a defect. */
import { defectOf, defects } from 'simtls';
import { type Invariant, invariants, promises } from '../invariants/index.js';
import type { MisuseKind } from '../program/index.js';
import { decisionOf, decisions } from './decisions.js';
import { misuses } from './misuses.js';
import { reasonName, reasons } from './reasons.js';

export interface Explanation {
  readonly code: string;
  readonly kind: 'decision' | 'invariant' | 'misuse' | 'error' | 'defect';
  /** What to say of it, by what it is about, in the order of telling. */
  readonly about: Readonly<Record<string, string>>;
}

/** What is known of a word; undefined where it is none of ours. */
export function explainCode(code: string): Explanation | undefined {
  return (
    explainDecision(code) ?? explainInvariant(code) ?? explainMisuse(code) ?? explainReason(code) ?? explainDefect(code)
  );
}

/** Every word that can be explained. */
export function explainable(): readonly string[] {
  return [
    ...Object.keys(decisions),
    ...invariants.map((one) => one.name),
    ...Object.keys(misuses),
    ...Object.keys(reasons),
    ...defects.map((one) => one.name),
  ];
}

function explainDecision(code: string): Explanation | undefined {
  const found = decisionOf(code);
  if (found === undefined) return undefined;
  const { side, verdict, means, where, helps, lines } = found;
  const about = { side, verdict, means, helps, where, 'OpenSSL lines': lines ?? 'the same in 1.1.1, 3.0 and 3.5' };
  return { code, kind: 'decision', about: told(about) };
}

const judged: Readonly<Record<Invariant['judged'], string>> = {
  call: 'after each call',
  handshake: 'once both ends have finished a handshake',
  exit: 'when a process exits',
  quiet: 'once nothing is under way any more',
};

function explainInvariant(code: string): Explanation | undefined {
  const found = invariants.find((one) => one.name === code);
  if (found === undefined) return undefined;
  const owners = {
    simtls: 'simtls: it must never be broken; a run that breaks it shows a fault of simtls',
    program: 'the program: whoever breaks it does what the manual rules out',
    libssl: 'libssl: OpenSSL itself breaks it',
  };
  return {
    code,
    kind: 'invariant',
    about: told({
      promise: `${found.code}: ${promises[found.code]}`,
      owner: owners[found.owner],
      why: found.reason,
      source: found.source,
      helps: found.helps,
      where: found.where,
      judged: judged[found.judged] + (found.on === 'the model' ? ', on the model' : ''),
    }),
  };
}

function explainMisuse(code: string): Explanation | undefined {
  const found = Object.hasOwn(misuses, code) ? misuses[code as MisuseKind] : undefined; // the table has it
  return found && { code, kind: 'misuse', about: { ...found, 'more on it': 'docs/programs.md, "Misuse"' } };
}

function explainReason(code: string): Explanation | undefined {
  const name = reasonName(code);
  const found = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
  return found && { code: name, kind: 'error', about: told({ ...found }) };
}

function explainDefect(code: string): Explanation | undefined {
  const found = defectOf(code);
  if (found === undefined) return undefined;
  const { mechanism, repaired, source, invariant: breaks } = found;
  const about = { mechanism, repaired, source, breaks, 'switch on': `--defect ${code}` };
  return { code, kind: 'defect', about };
}

/** Without what there is nothing to say of. */
function told(about: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(about).filter(([, text]) => text !== ''));
}
