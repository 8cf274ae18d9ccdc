/** `simtls doctor`: what of real OpenSSL is here. */
import test from 'ava';
import { profiles } from '../../sim/stacks/index.js';
import { simtls } from './_command.js';

test('doctor names each line, the clock and the memory, and with --install looks after those that are missing', async (t) => {
  const { code, out } = await simtls(['doctor', '--install']);
  const rows = out.trimEnd().split('\n');
  t.deepEqual(
    rows.map((row) => row.split(/\s/u)[0]),
    [...profiles, 'clock', 'memory'],
  );
  t.is(code, rows.slice(0, profiles.length).every((row) => / ok /u.test(row)) ? 0 : 4);
  const installed = JSON.parse((await simtls(['doctor', '--json'])).out);
  t.is(installed.openssl.length, profiles.length);
  t.deepEqual(
    [installed.clock.ok, installed.memory.ok],
    rows.slice(profiles.length).map((row) => / ok /u.test(row)),
  );
});
