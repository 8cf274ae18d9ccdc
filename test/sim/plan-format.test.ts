/** The format of plans: its published schema, its versions, and what comes from hostile hands. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { publishedSchema } from '../../sim/cli/plan-schema.js';
import {
  type Check,
  type Plan,
  PlanError,
  parseBounded,
  parsePlan,
  planFormat,
  toPlan,
  withForeignFaults,
} from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { misfit } from './_json-schema.js';
import { profiles, scenarios } from './_scenarios.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const published = join(root, 'docs', 'simtls-plan-1.schema.json');
const schema = JSON.parse(publishedSchema());

const small = {
  format: planFormat,
  seed: '1',
  profile: '3.0',
  hosts: [{ name: 'client' }],
  steps: [{ id: 'a', on: 'client', let: 'c', call: 'SSL_CTX_new', args: ['TLS_client_method'] }],
};

function refusal(value: unknown): PlanError {
  try {
    if (typeof value === 'string') parsePlan(value);
    else toPlan(value);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('the published schema is the one by which plans are read: simtls plan --schema', (t) => {
  t.is(readFileSync(published, 'utf8'), publishedSchema());
});

test('every scenario’s plan is as the schema says', (t) => {
  for (const scenario of scenarios) {
    for (const profile of profiles) {
      const plan = JSON.parse(JSON.stringify(recordPlan(scenario, { seed: '3', profile })));
      t.is(misfit(schema, plan), undefined, `${scenario.name}, ${profile}`);
    }
  }
});

const misfits: readonly (readonly [title: string, change: object])[] = [
  ['another profile', { profile: '1.0.2' }],
  ['no host', { hosts: [] }],
  ['a key that means nothing', { colour: 1 }],
  ['a latency that is no whole number', { links: [{ from: 'client', to: 'client', latencyUs: 0.5 }] }],
  ['a fault that there is not', { faults: [{ id: 'f', at: { us: 1 }, action: { do: 'rain', host: 'client' } }] }],
  ['a sleep before its time', { steps: [{ id: 'a', on: 'client', call: 'sleep', args: [{ us: -1 }] }] }],
  ['a verb with too much', { steps: [{ id: 'a', on: 'client', call: 'exit', args: [{}, 1] }] }],
];

for (const [title, change] of misfits) {
  test(`the schema refuses what the command refuses: ${title}`, (t) => {
    t.is(misfit(schema, small), undefined);
    t.not(misfit(schema, { ...small, ...change }), undefined);
  });
}

test('every plan that an earlier simtls has recorded is read, and runs', (t) => {
  for (const version of readdirSync(join(root, 'test', 'plans-of'))) {
    const folder = join(root, 'test', 'plans-of', version);
    const files = readdirSync(folder);
    t.true(files.length > 0, version);
    for (const file of files) {
      const result = runPlan(parsePlan(readFileSync(join(folder, file), 'utf8')));
      t.deepEqual(
        result.violations.filter((one) => one.owner === 'simtls' || one.invariant === 'expectation'),
        [],
        `${version}/${file}`,
      );
    }
  }
});

test('a plan of another version is refused by its name', (t) => {
  t.like(refusal({ ...small, format: 'simtls-plan/2' }), { pointer: '/format' });
  t.regex(
    refusal({ ...small, format: 'simtls-plan/2' }).message,
    /got "simtls-plan\/2", of a newer simtls: update it$/,
  );
  t.regex(refusal({ ...small, format: 'simtls-plan/0' }).message, /which no simtls has written$/);
  t.regex(refusal({ ...small, format: 'simtls-program/1' }).message, /expected "simtls-plan\/1"/);
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const withArgs = (args: string): string =>
  JSON.stringify({ ...small, steps: [] }).replace(
    '"steps":[]',
    `"steps":[{"id":"a","on":"client","call":"exit","args":${args}}]`,
  );

test('a plan that is deeper than any plan is refused, however deep it is', (t) => {
  for (const depth of [70, 5_000, 200_000]) {
    t.regex(
      refusal(withArgs(nested(depth))).message,
      /at \/steps\/0\/args\/.*at most 64 lists and objects/,
      String(depth),
    );
  }
  t.regex(refusal(nested(100_000)).message, /at most 64/);
});

test('a plan that is part of itself is refused as too deep', (t) => {
  const args: unknown[] = [];
  args.push(args);
  t.regex(refusal({ ...small, steps: [{ ...small.steps[0], args }] }).message, /at most 64/);
});

for (const key of ['__proto__', 'constructor', 'prototype']) {
  test(`a plan with the key ${key} is refused, with its place`, (t) => {
    t.is(refusal(`{"format":"${planFormat}","${key}":{"a":1}}`).pointer, `/${key}`);
    t.is(refusal(withArgs(`[{"a":[{"${key}":1}]}]`)).pointer, `/steps/0/args/0/a/0/${key}`);
    t.is(({} as Record<string, unknown>)['a'], undefined);
  });
}

test('a plan of more than it may have is refused, with what it may have', (t) => {
  const steps = Array.from({ length: 100_001 }, (_, i) => ({ id: `s${i}`, on: 'client', call: 'exit' }));
  t.regex(refusal({ ...small, steps }).message, /at \/steps: expected a length <=100000, got 100001/);
  t.regex(refusal({ ...small, seed: 'x'.repeat(201) }).message, /at \/seed/);
  t.regex(refusal(' '.repeat(64 * 2 ** 20 + 1)).message, /at most 67108864 characters/);
});

test('a path that leaves the simulated disk is none', (t) => {
  for (const path of ['etc/passwd', '../../etc/passwd', '', 'C:\\x', '/a\0b']) {
    const plan = toPlan({ ...small, steps: [{ id: 'a', on: 'client', call: 'file_read', args: [{ path }] }] });
    t.throws(() => runPlan(plan), { instanceOf: PlanError, message: /\/steps\/0\/args\/0/ }, path);
  }
});

test('under faults of others a plan keeps its invariants and loses its expectations', (t) => {
  const of = (name: string): Plan =>
    recordPlan(scenarios.find((one) => one.name === name)!, { seed: '1', profile: '3.0' });
  const plan = of('freed-without-shutdown');
  const connect = plan.steps.find((step) => step.call === 'connect')!;
  const server = plan.hosts.find(({ name }) => name !== connect.on)!;
  const down = { id: 'x', at: { us: 0 }, action: { do: 'crash', host: server.name, how: 'reset' } } as const;
  t.is(runPlan({ ...plan, faults: [...plan.faults, down] }).verdict, 'fail', 'as it stands it expects a server');
  const foreign = withForeignFaults(plan, [down]);
  t.deepEqual(runPlan(foreign).violations, [], 'nothing is expected, and the misuse never comes');
  t.true(foreign.checks.every((check: Check) => 'violation' in check && check.may === true));
  const kept = runPlan(withForeignFaults(plan, []));
  t.deepEqual([kept.verdict, kept.violations.map((one) => one.expected)], ['pass', [true]], 'it still may');
});

test('a file goes as deep as it may, and no list deeper', (t) => {
  for (const [most, parse] of [
    [64, (text: string) => parseBounded(text)],
    [100, (text: string) => parseBounded(text, 100)],
  ] as const) {
    t.notThrows(() => parse(nested(most)));
    t.throws(() => parse(nested(most + 1)), { instanceOf: PlanError, message: new RegExp(`at most ${most} lists`) });
  }
});
