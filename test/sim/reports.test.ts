/** Programs that reproduce reports on OpenSSL: docs/defects.md, "Reports that were open". */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { isObservation, parseProgram, runProgram } from '../../sim/program/index.js';
import { openModel } from '../../sim/stacks/index.js';
import { profiles } from './_scenarios.js';

const report = JSON.parse(
  readFileSync(new URL('../../../scenarios/corpus/reports/openssl-12898.json', import.meta.url), 'utf8'),
) as { steps: { call: string }[] };

test('openssl/openssl#12898: the second flush uses what the first has freed, in 1.1.1 alone', (t) => {
  const flushes = report.steps.flatMap(({ call }, i) => (call === 'SSL_CTX_flush_sessions' ? [i] : []));
  for (const profile of profiles) {
    const seen = [...runProgram(parseProgram(report, { profile }), openModel({ profile }))];
    const last = seen.at(-1)!;
    if (profile === '1.1.1') t.like(last, { step: flushes[1], crash: 'SIGSEGV' });
    else t.true(isObservation(last) && last.step === report.steps.length - 1, profile);
  }
});
