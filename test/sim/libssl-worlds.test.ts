/** Worlds on real OpenSSL: the model does the same, one seed gives one run, and what cannot be run is refused by name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { Lines } from '../../sim/cli/lines.js';
import { readRecorded } from '../../sim/cli/recorded.js';
import { accountOf, differencesOf, incomparableIn, recordedAccount } from '../../sim/compare/index.js';
import { type Plan, recordPlan, runPlan, scenario, type TraceEvent, traceLine } from '../../sim/index.js';
import { allocationSites } from '../../sim/plan/index.js';
import { type LibsslPool, type Profile, reportClock } from '../../sim/stacks/index.js';
import { modelOnly, modelOnlyIn } from '../../sim/world/index.js';
import { linesThere } from '../_lines.js';
import { simtls } from './_command.js';
import { profiles, scenarios } from './_scenarios.js';

const io = { err: () => {} } as unknown as ConstructorParameters<typeof Lines>[1]; // it says nothing of the expected lines
const lines = new Lines({}, io);
const present = linesThere();
/** Those in which time can pass: where no C compiler has made the clock there are none. */
const timed = present.filter((profile) => lines.of(profile).clock);
test.after.always(() => lines.close());

function scenarioNamed(name: string): (typeof scenarios)[number] {
  const found = scenarios.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario is called ${name}`);
  return found;
}

function planOf(name: string, seed: string, profile: Profile): Plan {
  return recordPlan(scenarioNamed(name), { seed, profile });
}

test('there is an OpenSSL to ask, and a clock for it', (t) => {
  t.true(present.length > 0);
  const clock = reportClock();
  if (!clock.ok) t.log(clock.advice);
  t.is(timed.length, clock.ok ? present.length : 0);
});

for (const profile of profiles) {
  test(`what OpenSSL ${profile} answered to each scenario when it was written down, the model does`, (t) => {
    for (const { name } of scenarios) {
      const plan = planOf(name, '1', profile);
      if ((modelOnlyIn(plan, { clock: true, memory: true }) ?? incomparableIn(plan)) !== undefined) continue;
      const recorded = readRecorded(name);
      const account = recorded && recordedAccount(recorded, plan);
      if (account === undefined) t.fail(`${name} has changed since, or is new: node tools/worlds.mjs --record`);
      else t.deepEqual(differencesOf(accountOf(plan, undefined), account), [], name);
    }
  });
}

/** A server of TLS 1.2 that asks for a certificate and takes no key on another curve than P-521. */
function curveRefused(profile: Profile): Plan {
  const refusing = scenario({
    name: 'curve-refused',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record: (w) => {
      const server = w.server({ context: { verify: true, sessionIdContext: 'mine' } });
      server.boot(() => server.call('SSL_CTX_set1_groups_list', [server.ownContext, { text: 'P-521' }]));
      w.client().context({ certificate: true }).connection().open(server);
    },
  });
  return recordPlan(refusing, { seed: '1', profile });
}

for (const profile of present) {
  test(`${profile}: a client's certificate on a curve that is none of the server's groups is refused, on both`, (t) => {
    const plan = curveRefused(profile);
    for (const { steps } of [runPlan(plan), runPlan(plan, { libssl: lines.of(profile) })]) {
      const [handshake] = plan.steps.filter((step) => step.call === 'handshake');
      const result = steps.get(handshake?.id ?? '');
      t.is(result?.outcome, 'failed');
      t.regex(result?.errors.join() ?? '', /alert illegal parameter/);
    }
  });
}

test('each scenario that real OpenSSL can run is the same on it and on the model', (t) => {
  let compared = 0;
  for (const [i, { name }] of scenarios.entries()) {
    const profile = present[i % present.length] ?? '3.0';
    const pool = lines.of(profile);
    const plan = planOf(name, '2', profile);
    if ((modelOnlyIn(plan, pool) ?? incomparableIn(plan)) !== undefined) continue;
    compared += 1;
    t.deepEqual(differencesOf(accountOf(plan, undefined), accountOf(plan, pool)), [], `${name} on ${profile}`);
  }
  t.true(timed.length === 0 || compared > scenarios.length / 2);
});

/** Every event, the sums of all records' bytes among them. */
function traced(plan: Plan, libssl: LibsslPool): { readonly lines: readonly string[]; readonly events: TraceEvent[] } {
  const events: TraceEvent[] = [];
  runPlan(plan, { libssl, trace: (event) => events.push(event) });
  return { lines: events.map(traceLine), events };
}

for (const profile of timed) {
  test(`with one seed OpenSSL ${profile} writes the same bytes, in an agent that has run before and in a fresh one`, (t) => {
    const plan = planOf('ticket-used-twice', '5', profile);
    const first = traced(plan, lines.of(profile));
    traced(planOf('resumed-by-id', '6', profile), lines.of(profile));
    t.deepEqual(traced(plan, lines.of(profile)).lines, first.lines);
    const fresh = new Lines({}, io);
    t.deepEqual(traced(plan, fresh.of(profile)).lines, first.lines);
    fresh.close();
    const records = first.events.filter((event) => event.kind === 'record');
    t.true(records.length > 20);
    t.true(records.every((event) => event.kind === 'record' && event.sum !== 0));
    const other = traced({ ...plan, seed: '7' }, lines.of(profile));
    t.notDeepEqual(other.lines, first.lines);
  });
}

test('a process that dies frees nothing, in the middle of a call or between two, and the next one finds nothing of it', (t) => {
  const [profile] = timed;
  if (profile === undefined) {
    t.pass('time cannot pass');
    return;
  }
  for (const name of ['server-crash-at-ticket', 'server-restart', 'client-crash-at-ticket']) {
    const events: TraceEvent[] = [];
    const result = runPlan(planOf(name, '3', profile), {
      libssl: lines.of(profile),
      trace: (event) => events.push(event),
    });
    t.is(result.verdict, 'pass', name);
    const died = events.findIndex((event) => event.kind === 'process' && event.what === 'crashed');
    const { host } = events[died]!;
    const behind = events.slice(died).filter((event) => event.host === host);
    const reborn = behind.findIndex((event) => event.kind === 'process' && event.what === 'started');
    t.deepEqual(
      behind.slice(0, reborn).filter((event) => event.kind === 'freed'),
      [],
      name,
    );
  }
});

test('what the model alone can do is refused by its reason, each of which stands on the page of stacks', async (t) => {
  const page = readFileSync(new URL('../../../docs/stacks.md', import.meta.url), 'utf8');
  for (const { name } of modelOnly) t.true(page.includes(name), name);
  for (const lacks of [
    { clock: false, memory: true },
    { clock: true, memory: false },
  ]) {
    const reason = modelOnlyIn(planOf(lacks.clock ? 'no-memory-for-cache' : 'timeout-by-clock', '1', '3.0'), lacks);
    t.true(page.includes(reason?.replace(/ \(.*/u, '') ?? '?'), reason);
  }
  const refused = await simtls(['run', 'free-against-resume', '--stack', 'libssl']);
  t.is(refused.code, 4);
  t.regex(refused.err, /free-against-resume was not run: real OpenSSL does not run the point .+ \(fault-1\): /u);
  const fast = await simtls(['run', 'resumed-by-id', '--stack', 'libssl', '--crypto', 'fast']);
  t.is(fast.code, 4);
  t.regex(fast.err, /--crypto fast is arithmetic that real OpenSSL does not know/u);
  const damaged = await simtls(['run', 'damaged-ticket', '--stack', 'both']);
  t.is(damaged.code, 4);
  t.regex(damaged.out, /the fault fault-1 \(corrupt\) is about a byte, and sizes differ between the stacks/u);
});

/** The same on both stacks, and the plan's own checks hold. */
function alike(t: ExecutionContext, plan: Plan): void {
  const profile = plan.profile;
  const [model, openssl] = [accountOf(plan, undefined), accountOf(plan, lines.of(profile))];
  t.deepEqual(differencesOf(model, openssl), [], profile);
  t.is(model.verdict, 'pass', profile);
}

test('a callback with a body runs in the middle of calls on either stack', (t) => {
  for (const profile of timed) {
    const plan = planOf('cache-overflow', '4', profile);
    const made = plan.steps.findIndex(({ call, on }) => call === 'SSL_CTX_sess_set_cache_size' && on === 'client');
    const context = String(plan.steps[made]?.args?.[0]);
    const body: Plan['steps'][number] = {
      id: 'client-on-remove',
      on: 'client',
      call: 'sim_on',
      args: [context, 'remove'],
      steps: [{ call: 'SSL_SESSION_is_resumable', args: ['$@session'] }],
    };
    alike(t, { ...plan, steps: plan.steps.toSpliced(made + 1, 0, body) });
  }
});

const race = scenario({
  name: 'race',
  title: 'a session is given back, and a connection of another task is made, while a record is read',
  answers: 'whether real OpenSSL can be stopped inside a call',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 10 });
    const session = first.session();
    first.close();
    const second = ctx.connection();
    second.setSession(session);
    const handshake = second.open(server);
    client.task('other', () => {
      session.free();
      first.free();
      ctx.connection();
    });
    const at = w.draw.pick('at', ['record:read', 'record:write']);
    w.enter({ name: 'other', steps: 3 }, { point: at, on: client, nth: w.draw.int('nth', { min: 12, max: 14 }) });
    w.expect(handshake, 'ok', 'the connection has a reference of its own');
    w.expect(second.reused(), 1, 'and goes on with the session');
    second.close();
  },
});

test('a task runs inside a call of another on real OpenSSL too', (t) => {
  for (const profile of timed) for (const seed of ['1', '2', '3']) alike(t, recordPlan(race, { seed, profile }));
});

test('without a clock that can be put, what sleeps is refused and names its step', (t) => {
  const plan = planOf('timeout-by-clock', '1', '3.0');
  t.is(modelOnlyIn(plan, { clock: true, memory: true }), undefined);
  t.regex(
    modelOnlyIn(plan, { clock: false, memory: true }) ?? '',
    /^time that passes \(client-\d+\): .*simtls doctor --install/u,
  );
});

/** BoringSSL, where Debian's android-libboringssl is installed, and a library that is no libssl at all. */
const strangers = [
  '/usr/lib/x86_64-linux-gnu/android/libssl.so.0',
  fileURLToPath(new URL('../../../.openssl/clock.so', import.meta.url)),
];

test('a library that is not of OpenSSL is refused by what it lacks', async (t) => {
  for (const path of strangers.filter((one) => existsSync(one))) {
    const { code, err } = await simtls(['run', 'resumed-by-id', '--libssl', path]);
    t.is(code, 4, path);
    t.true(err.includes(`${path} is no libssl of OpenSSL 1.1.1 or later: it lacks `), err);
    t.regex(err, /SSL_CTX_ctrl, SSL_CTX_sessions/u);
  }
});

test('without memory that can be made scarce, a failed allocation is refused by its name', (t) => {
  const plan = planOf('no-memory-for-cache', '1', '3.0');
  t.is(modelOnlyIn(plan, { clock: true, memory: true }), undefined);
  const refused = modelOnlyIn(plan, { clock: true, memory: false }) ?? '';
  t.regex(refused, /^a failed allocation \(fault-1\): .*simtls doctor --install; .*CRYPTO_set_mem_functions/u);
});

/** Two connections, the second with the session of the first, where memory is short on one side. */
const short = scenario({
  name: 'short',
  title: 'memory is short',
  answers: 'whether real OpenSSL can be made to find none',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context();
    const site = w.draw.pick('site', allocationSites);
    // What 3.0 keeps of a session without an entry is in nobody's hands: what a dead one comes to there is luck.
    const host = site === 'cache-entry' || w.draw.chance('client', { oneIn: 2 }) ? client : server;
    w.fault({ do: 'allocation', host: host.name, site, nth: w.draw.int('nth', { min: 1, max: 3 }) }, { atUs: 0 });
    client.sleep({ ms: 1 });
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
    second.close();
    client.call('SSL_SESSION_dup', [session]);
    ctx.cached();
  },
});

test('allocations of each site fail on real OpenSSL, and come to the same', (t) => {
  for (const profile of present.filter((one) => lines.of(one).memory)) {
    for (const tls of ['1.2', '1.3'] as const) {
      for (let seed = 1; seed <= 8; seed++) {
        const plan = recordPlan({ ...short, tls }, { seed: String(seed), profile });
        const [model, openssl] = [accountOf(plan, undefined), accountOf(plan, lines.of(profile))];
        t.deepEqual(differencesOf(model, openssl), [], `${profile}, TLS ${tls}, seed ${seed}`);
      }
    }
  }
});

test('run --stack libssl, --stack both and --compare say what they have run on', async (t) => {
  const one = await simtls(['run', 'leak-at-exit', '--stack', 'libssl', '--profile', present[0] ?? '3.0']);
  t.is(one.code, 0, one.err);
  t.regex(one.out, /stack libssl, crypto real/u);
  t.regex(one.out, /full$/mu);
  const both = await simtls(['run', 'resumed-by-id', '--stack', 'both', '--profile', '3.0']);
  t.is(both.code, 0, both.err);
  t.regex(both.out, /3\.0: the model does what OpenSSL 3\.0\.19 .* does/u);
  const compared = await simtls(['run', 'freed-without-shutdown', '--compare', '1.1.1,3.0,3.5', '--seed', '1']);
  t.is(compared.code, 0, compared.err);
  t.regex(compared.out, /why +no-session-set/u);
  t.regex(compared.out, /≠/u);
  t.is((await simtls(['run', 'resumed-by-id', '--compare', '3.1'])).code, 2);
});

test('run --stack both parts on what both can be judged by: what only the objects of the model show is named beside it', async (t) => {
  const { checks, ...plan } = planOf('across-virtual-hosts', '1', '3.0');
  const told = { ...plan, checks: checks.filter((check) => !('violation' in check)) };
  t.true(told.checks.length < checks.length, 'the scenario declares that it breaks resumption-meets-policy');
  const said = await simtls(['run', '--plan', '-', '--stack', 'both'], JSON.stringify(told));
  t.is(said.code, 1, said.err);
  t.regex(
    said.out,
    /^3\.0: the model does what OpenSSL 3\.0\.19 .* does\n3\.0: resumption-meets-policy is broken, as/mu,
  );
  t.regex(said.out, / 0 part from OpenSSL, 1 failed\n$/u);
});

test('every file of recorded answers is of a scenario that there is', (t) => {
  const files = readdirSync(new URL('../../../scenarios/corpus/worlds/', import.meta.url));
  const names = scenarios.map(({ name }) => `${name}.json`);
  t.deepEqual(
    files.filter((file) => !names.includes(file)),
    [],
  );
});
