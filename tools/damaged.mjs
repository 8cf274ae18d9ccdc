// Damaged records into every state of a handshake, TLS 1.2 and 1.3, of real OpenSSL and of the model side by side: calls, errors and
// alerts have to be the same. Ends with 1 where they are not.
// After a build, and `npm run openssl`: node tools/damaged.mjs [--count 10] [--first 0] [--profile 1.1.1|3.0|3.5] [--only FLOW,ROLE,RECORDS]
//   --count  so much damage into each state
//   --first  the number of the first
import { parseArgs } from 'node:util';
import { compareLive } from '../dist/test/_libssl/live-compare.js';

const lines = ['1.1.1', '3.0', '3.5'];
const shownMax = 20;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10' },
    first: { type: 'string', default: '0' },
    profile: { type: 'string', multiple: true, default: lines },
    only: { type: 'string' },
  },
});
const damage = {
  first: Number(values.first),
  count: Number(values.count),
  ...(values.only && { only: stateOf(values.only) }),
};
let shown = 0;

for (const profile of lines.filter((line) => values.profile.includes(line))) {
  const report = await compareLive(profile, damage, ({ one, model, libssl }) => {
    shown += 1;
    if (shown > shownMax) return;
    const at = model.findIndex((line, i) => line !== libssl[i]);
    const from = at < 0 ? model.length : at;
    console.log(`${profile} ${one.flow},${one.role},${one.passed} ${one.number}`);
    console.log(`  model   ${model.slice(from).join(' | ')}\n  libssl  ${libssl.slice(from).join(' | ')}`);
  });
  if (report === undefined) {
    console.error(`OpenSSL ${profile} is not there: npm run openssl`);
    process.exitCode = 4;
    continue;
  }
  const { cases, differences, varying, otherwise } = report;
  console.log(
    `${profile}: ${cases} damaged, ${differences} differences, ${varying} answered by libssl's random bytes, ${otherwise} of other lengths`,
  );
  if (differences > 0) process.exitCode = 1;
}

function stateOf(text) {
  const [flow, role, passed] = text.split(',');
  return { flow, role, passed: Number(passed) };
}
