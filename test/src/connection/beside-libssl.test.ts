/** The model and real libssl, given the same damaged records in every state of a handshake: calls, errors and alerts have to be the same. */
import test from 'ava';
import { profileNames } from '../../../src/index.js';
import { compareLive, type LiveDifference } from '../../_libssl/live-compare.js';

for (const profile of profileNames) {
  test(`${profile}: what damaged records do in every state is what they do in libssl`, async (t) => {
    t.timeout(120_000);
    const found: LiveDifference[] = [];
    const report = await compareLive(profile, { first: 0, count: 2 }, (difference) => found.push(difference));
    if (report === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      t.pass();
      return;
    }
    t.deepEqual(found, []);
    t.is(report.otherwise, 0, 'records of both have the same lengths');
    t.true(report.cases > 400, String(report.cases));
  });
}
