import test from 'ava';
import { PlanError, parsePlan, planFormat } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { readyPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

const small = {
  format: planFormat,
  seed: '1',
  profile: '3.0',
  hosts: [{ name: 'client' }],
  steps: [{ id: 'a', on: 'client', let: 'c', call: 'SSL_CTX_new', args: ['TLS_client_method'] }],
};

function refusal(change: object): PlanError {
  try {
    readyPlan(parsePlan(JSON.stringify({ ...small, ...change })));
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('what a plan may leave out is filled in', (t) => {
  const plan = parsePlan(JSON.stringify(small));
  t.deepEqual([plan.links, plan.faults, plan.checks, plan.drawn], [[], [], [], []]);
});

const wrong: readonly (readonly [title: string, change: object, pointer: string])[] = [
  ['another format', { format: 'simtls-plan/9' }, '/format'],
  ['a profile that there is not', { profile: '1.0.2' }, '/profile'],
  ['no host', { hosts: [] }, '/hosts'],
  ['a key that means nothing', { hosts: [{ name: 'client', colour: 1 }] }, '/hosts/0/colour'],
  ['a host twice', { hosts: [{ name: 'client' }, { name: 'client' }] }, '/hosts/1/name'],
  [
    'a latency that is no whole number',
    { links: [{ from: 'client', to: 'client', latencyUs: 0.5 }] },
    '/links/0/latencyUs',
  ],
  ['a link to nowhere', { links: [{ from: 'client', to: 'moon', latencyUs: 1 }] }, '/links/0/to'],
  ['a step on no host', { steps: [{ id: 'a', on: 'moon', call: 'exit' }] }, '/steps/0/on'],
  ['an id twice', { steps: [1, 2].map(() => ({ id: 'a', on: 'client', call: 'exit' })) }, '/steps/1/id'],
  [
    'a step that waits for its own outcome',
    { steps: [{ id: 'a', on: 'client', call: 'exit', when: { step: 'a', field: 'ret', is: 1 } }] },
    '/steps/0/when/step',
  ],
  ['a call that there is not', { steps: [{ id: 'a', on: 'client', call: 'SSL_fly' }] }, '/steps/0/call'],
  ['too few arguments', { steps: [{ id: 'a', on: 'client', call: 'SSL_new' }] }, '/steps/0/args'],
  ['a wrong argument', { steps: [{ id: 'a', on: 'client', call: 'SSL_new', args: [7] }] }, '/steps/0/args/0'],
  ['a verb without its object', { steps: [{ id: 'a', on: 'client', call: 'handshake' }] }, '/steps/0/args/0'],
  [
    'an option of the wrong kind',
    { steps: [{ id: 'a', on: 'client', call: 'sleep', args: [{ us: -1 }] }] },
    '/steps/0/args/0/us',
  ],
  [
    'a guard on what nobody observes',
    { steps: [{ id: 'a', on: 'client', call: 'exit', when: { step: 'b', field: 'mood' } }] },
    '/steps/0/when/field',
  ],
  [
    'a fault on no host',
    { faults: [{ id: 'f', at: { us: 0 }, action: { do: 'pause', host: 'moon' } }] },
    '/faults/0/action/host',
  ],
  [
    'a replay by no host',
    {
      faults: [
        {
          id: 'f',
          at: { us: 0 },
          action: {
            do: 'replay',
            connection: 'a',
            from: 'client',
            record: 1,
            count: 1,
            into: 'b',
            by: 'moon',
            before: 1,
          },
        },
      ],
    },
    '/faults/0/action/by',
  ],
];

for (const [title, change, pointer] of wrong) {
  test(`a plan with ${title} is refused with the place`, (t) => {
    const error = refusal(change);
    t.is(error.pointer, pointer);
    t.true(error.expected.length > 0 && error.received.length > 0);
  });
}

const told: readonly (readonly [call: string, options: unknown, says: string])[] = [
  ['send_early', { request: { bytes: 3 } }, '/request/answer: expected a value, got nothing'],
  ['send_early', { bytes: 'a' }, '/bytes: expected number, got "a"'],
  ['send_early', {}, ': expected "bytes" or "request", got neither'],
  ['send_early', { byte: 1 }, ': expected "bytes" or "request", got "byte"'],
  ['key_update', { count: 0 }, '/count: expected >=1, got 0'],
  ['key_update', { requests: true }, '/requests: expected nothing of that name, got "requests"'],
  ['take_session', { which: 'latest' }, '/which: expected (("oldest" | "newest") | number), got "latest"'],
  ['psk', { identity: 'me' }, '/shared: expected a value, got nothing'],
  ['early_data', { max: -1 }, '/max: expected >=0, got -1'],
  ['serve', { early: 'later' }, '/early: expected ("at-once" | "deferred" | "not-read"), got "later"'],
  ['SSL_CTX_set_num_tickets', -1, ': expected 0 to 1000 tickets, got -1'],
];

for (const [call, options, says] of told) {
  test(`${call} with ${JSON.stringify(options)} is told what it takes`, (t) => {
    const error = refusal({ steps: [{ id: 'a', on: 'client', call, args: ['$x', options] }] });
    t.is(error.message, `at /steps/0/args/1${says}`);
  });
}

test('a misbehaviour that there is not is told which there are', (t) => {
  const misbehave = { name: 'be-rude' };
  const error = refusal({ steps: [{ id: 'a', on: 'client', call: 'serve', args: ['$x', { misbehave }] }] });
  t.regex(error.message, /^at \/steps\/0\/args\/1\/misbehave\/name: expected \("forget-keys" \| .*, got "be-rude"$/);
});

test('what is no JSON is refused as such', (t) => {
  t.throws(() => parsePlan('{'), { instanceOf: PlanError, message: /expected JSON/ });
});

test('every recorded plan is a plan, and reading it back changes nothing', (t) => {
  for (const scenario of scenarios) {
    for (const profile of profiles) {
      const plan = recordPlan(scenario, { seed: '5', profile });
      t.deepEqual(parsePlan(JSON.stringify(plan)), plan);
    }
  }
});
