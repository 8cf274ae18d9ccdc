/** Each defect of the stack breaks something where a scenario gives it its chance; without it the same plan breaks nothing. */
import test from 'ava';
import { recordPlan } from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/index.js';
import { runPlan } from '../../sim/world/index.js';
import { type DefectName, defects } from '../../src/index.js';
import { profileOf, profileWith } from '../../src/profile/index.js';
import { scenarios } from './_scenarios.js';

interface Chance {
  readonly scenario: string;
  readonly seed: string;
  readonly profile: Profile;
}

/** By defect: where it shows. */
const chances: Readonly<Record<DefectName, Chance>> = {
  'add-session-oom-dangling': { scenario: 'no-memory-for-cache', seed: '1', profile: '3.5' },
  'bad-ticket-leak': { scenario: 'damaged-ticket', seed: '2', profile: '3.0' },
  'cached-cipher-downgrade': { scenario: 'other-suites-offered', seed: '1', profile: '3.0' },
  'early-data-replay': { scenario: 'early-data-from-one-ticket', seed: '1', profile: '3.0' },
  'eof-taken-as-end': { scenario: 'truncated-by-network', seed: '1', profile: '1.1.1' },
  'evict-callback-after-free': { scenario: 'evicted-unheld', seed: '1', profile: '3.0' },
  'evict-the-resuming': { scenario: 'cache-of-one', seed: '3', profile: '3.0' },
  'immortal-renewal': { scenario: 'resumed-until-expiry', seed: '1', profile: '3.0' },
  'renewal-mutates-shared': { scenario: 'renewed-while-shared', seed: '1', profile: '3.0' },
  'sni-hop-resume': { scenario: 'hosts-share-ticket-keys', seed: '1', profile: '3.0' },
  'stek-expiry-outage': { scenario: 'ticket-keys-run-out', seed: '1', profile: '3.5' },
  'ticket-sessions-flood-cache': { scenario: 'versions-share-cache', seed: '1', profile: '3.0' },
  'ticket-write-deadlock': { scenario: 'tickets-in-small-window', seed: '1', profile: '3.0' },
  'unevictable-tail': { scenario: 'sibling-fails', seed: '1', profile: '3.0' },
  'zero-ticket-key': { scenario: 'server-restart', seed: '2', profile: '3.0' },
};

for (const { name, invariant } of defects) {
  test(`${name} is caught by its invariant where it has its chance, and nothing is broken without it`, (t) => {
    const { scenario, seed, profile } = chances[name];
    const found = scenarios.find((one) => one.name === scenario);
    if (found === undefined) return t.fail(scenario);
    const plan = recordPlan(found, { seed, profile });
    const healthy = runPlan({ ...plan, defects: [] });
    t.deepEqual(
      healthy.violations.filter(({ expected }) => !expected),
      [],
    );
    const { violations } = runPlan({ ...plan, defects: [name] });
    t.true(violations.some((one) => one.invariant === invariant && !one.expected));
  });
}

test('a line without defects is the line itself, and one of them changes what its row says', (t) => {
  const line = profileOf('3.0');
  t.is(profileWith(line, new Set()), line);
  t.deepEqual(profileWith(line, new Set(['bad-ticket-leak'])), line);
  t.deepEqual(profileWith(line, new Set(['evict-the-resuming'])), { ...line, emptiesIdOfNotResumable: true });
});

test('no defect says its name, or that it is one, in what a run tells', (t) => {
  for (const { name } of defects) {
    const { scenario, seed, profile } = chances[name];
    const found = scenarios.find((one) => one.name === scenario);
    if (found === undefined) return t.fail(scenario);
    const lines: string[] = [];
    const plan = { ...recordPlan(found, { seed, profile }), defects: [name] };
    const { violations } = runPlan(plan, { trace: (event) => lines.push(JSON.stringify(event)) });
    const told = `${lines.join()}${JSON.stringify(violations)}`;
    t.true(lines.length > 10, name);
    t.false(told.includes(name), name);
    t.false(told.includes('defect'), name);
  }
});
