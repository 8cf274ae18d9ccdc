import { scrypt } from 'node:crypto';
import { once } from 'node:events';
import { promisify } from 'node:util';
import test from 'ava';
import { type Code, CodeError, type CodeHost } from '../../sim/code/index.js';
import { recordPlan, ScenarioError, scenario } from '../../sim/scenario/index.js';
import { judgePlan } from '../../sim/verdict/index.js';
import { runPlan, runWithCode, WorldError } from '../../sim/world/index.js';
import { playCode, runOne } from './_code.js';

// One at a time: what nobody catches could be of either run.

test.serial('two pieces of code talk over the network of the world, in virtual time', async (t) => {
  const codes: Record<string, Code> = {
    serve({ net }) {
      net.listen(7, (stream) => stream.pipe(stream));
    },
    async ask({ net, clock }) {
      const before = clock.Date.now();
      const stream = net.connect('other', 7);
      stream.end('hello');
      let answer = '';
      for await (const chunk of stream) answer += chunk;
      return [answer, clock.Date.now() - before];
    },
  };
  const result = await playCode(codes, ({ w, client }) => {
    const other = w.host('other');
    w.link(client, other, { latencyUs: 10_000 });
    other.code('serve');
    client.sleep({ ms: 1 });
    client.code('ask');
  });
  t.is(result.verdict, 'pass');
  t.is(result.determinism, 'schedule');
  // Two round trips of 20 ms: one to connect, one for the answer.
  t.deepEqual(result.steps.get('client-2')?.observed.ret, ['hello', 40]);
});

test.serial('timers and dates are the world’s, and cost no real time', async (t) => {
  const begun = Date.now();
  const { ret, result } = await runOne(async ({ clock }) => {
    const started = clock.performance.now();
    await new Promise<void>((resolve) => {
      let ticks = 0;
      const interval = clock.setInterval(() => {
        ticks += 1;
        if (ticks < 3) return;
        clock.clearInterval(interval);
        resolve();
      }, 3_600_000);
    });
    return [new clock.Date().toISOString(), clock.performance.now() - started];
  });
  t.deepEqual(ret, ['2023-11-15T01:13:20.000Z', 3 * 3_600_000]);
  t.is(result.virtualSeconds, 3 * 3_600);
  t.true(Date.now() - begun < 60_000);
});

test.serial('randomness comes from the seed, and each process has its own', async (t) => {
  const drawn = async (): Promise<unknown> => (await runOne(({ randomBytes }) => randomBytes(8).toString('hex'))).ret;
  const first = await drawn();
  t.regex(String(first), /^[0-9a-f]{16}$/);
  t.is(await drawn(), first);
});

test.serial('what the network refuses comes as Node’s errors', async (t) => {
  const failing =
    (host: string, port: number): Code =>
    async ({ net }) => {
      const [error] = await once(net.connect(host, port), 'error');
      return [(error as NodeJS.ErrnoException).code, (error as NodeJS.ErrnoException).syscall];
    };
  t.deepEqual((await runOne(failing('server', 1))).ret, ['ECONNREFUSED', 'connect']);
  t.deepEqual((await runOne(failing('nobody', 1))).ret, ['ENOTFOUND', 'getaddrinfo']);
  const twice = await runOne(({ net }) => {
    net.listen(5, () => {});
    try {
      net.listen(5, () => {});
    } catch (cause) {
      return (cause as NodeJS.ErrnoException).code;
    }
    return 'taken twice';
  });
  t.is(twice.ret, 'EADDRINUSE');
});

test.serial('a stream that the world resets tells the code', async (t) => {
  const result = await playCode(
    {
      async hold({ net }) {
        const stream = net.connect('server', 443);
        await once(stream, 'connect');
        const [error] = await once(stream, 'error');
        return (error as NodeJS.ErrnoException).code;
      },
    },
    ({ w, client, server }) => {
      client.code('hold');
      w.fault({ do: 'reset_peer', from: client.name, to: server.name, timeoutUs: 0 }, { atUs: 5_000 });
    },
  );
  t.is(result.steps.get('client-1')?.observed.ret, 'ECONNRESET');
});

const throwing: Readonly<Record<string, Code>> = {
  'at once': () => {
    throw new RangeError('thrown');
  },
  'in its promise': async () => {
    await Promise.resolve();
    throw new RangeError('thrown');
  },
  'in a tick': async () => {
    process.nextTick(() => {
      throw new RangeError('thrown');
    });
    await new Promise(() => {});
  },
  'in a promise that nobody awaits': ({ clock }: CodeHost) => {
    clock.setTimeout(() => void Promise.reject(new RangeError('thrown')), 10);
  },
  'in a timer': ({ clock }: CodeHost) => {
    clock.setTimeout(() => {
      throw new RangeError('thrown');
    }, 10);
  },
  'in a listener of a stream': ({ net }: CodeHost) => {
    net.connect('server', 443).on('connect', () => {
      throw new RangeError('thrown');
    });
  },
};

for (const [where, code] of Object.entries(throwing)) {
  test.serial(`what code throws ${where} is a finding of the program, and ends its process`, async (t) => {
    const { result } = await runOne(code);
    t.is(result.verdict, 'fail');
    t.like(result.violations, [
      { invariant: 'code-does-not-throw', owner: 'program', host: 'client', step: 'client-1' },
    ]);
    t.regex(
      result.violations[0]?.text ?? '',
      /^the code "it" on client threw RangeError: thrown \(code-under-test\.test\.[jt]s:\d+:\d+\)$/,
    );
  });
}

for (const [where, fail] of [
  [
    'a tick',
    (): void =>
      void process.nextTick(() => {
        throw new RangeError('mine');
      }),
  ],
  [
    'an immediate',
    (): void =>
      void setImmediate(() => {
        throw new RangeError('mine');
      }),
  ],
] as const) {
  test.serial(`what is thrown in ${where} is told of the host whose code it is, and the other goes on`, async (t) => {
    const codes: Record<string, Code> = {
      async good({ clock, net }) {
        for (let i = 0; i < 20; i += 1) {
          net.connect('server', 443).destroy();
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 1));
        }
        return 'done';
      },
      async bad({ clock }) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
        fail();
        await new Promise(() => {});
      },
    };
    const result = await playCode(codes, ({ w, client }) => {
      const other = w.host('other');
      client.code('good');
      other.code('bad');
    });
    t.deepEqual(
      result.violations.map(({ host, step, text }) => [host, step, /the code "(\w+)" on (\w+)/.exec(text)?.slice(1)]),
      [['other', 'other-1', ['bad', 'other']]],
    );
    t.is(result.steps.get('client-1')?.observed.ret, 'done');
    t.is(result.steps.get('other-1')?.outcome, 'aborted');
  });
}

test.serial('faults of a stream strike each connection that the step of the code opens', async (t) => {
  const read: Code = async ({ net }) => {
    const told: unknown[] = [];
    for (let i = 0; i < 2; i += 1) {
      const stream = net.connect('other', 7);
      let text = '';
      for await (const chunk of stream) text += chunk;
      told.push(text);
    }
    return told;
  };
  const write: Code = ({ net }) => void net.listen(7, (stream) => stream.end('0123456789'));
  const result = await playCode({ read, write }, ({ w, client }) => {
    const other = w.host('other');
    other.boot(() => other.code('write'));
    client.sleep({ ms: 1 });
    w.cut(client.code('read'), { from: other, afterBytes: 4 });
  });
  t.deepEqual(result.steps.get('client-2')?.observed.ret, ['0123', '0123']);
});

test.serial('an error event that nobody listens to is one too', async (t) => {
  const { result } = await runOne(({ net }) => void net.connect('server', 1));
  t.regex(result.violations[0]?.text ?? '', /threw Error: connect ECONNREFUSED/);
});

test.serial('code that waits for what cannot come is told so, and the run ends', async (t) => {
  const { result, outcome } = await runOne(() => new Promise(() => {}), { bounds: { patienceMs: 20 } });
  t.is(outcome, 'waiting');
  t.like(result.violations, [{ invariant: 'code-comes-to-an-end', owner: 'program' }]);
});

test.serial('code that never comes to rest ends the run, in turns of the event loop or in events', async (t) => {
  const spinning = await runOne(
    ({ net }) => {
      const spin = (): void => {
        net.listen(9, () => {}).close();
        net.connect('server', 443).destroy();
        setImmediate(spin);
      };
      spin();
    },
    { bounds: { turnsMax: 50 } },
  );
  t.like(spinning.result.violations, [{ invariant: 'code-comes-to-rest', owner: 'program' }]);
  const ticking = await runOne(({ clock }) => void clock.setInterval(() => {}, 1000), { eventsMax: 500 });
  t.regex(ticking.result.violations[0]?.text ?? '', /still busy after 500 events \(an interval\?\)/);
});

test.serial('timers that are unref’ed keep no world busy, whoever else is at work or gone', async (t) => {
  let ticks = 0;
  const codes: Record<string, Code> = {
    metrics: ({ clock }) => {
      const timer = clock.setInterval(() => {
        ticks += 1;
      }, 1_000);
      t.true(timer.hasRef());
      timer.unref();
      t.false(timer.hasRef());
    },
    async work({ clock }) {
      const once = clock
        .setTimeout(() => {}, 3_600_000)
        .unref()
        .ref();
      clock.clearTimeout(once);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10_500));
    },
  };
  const alone = await playCode(codes, ({ client }) => client.code('metrics'));
  t.is(alone.verdict, 'pass');
  t.is(ticks, 0, 'nothing else was under way');
  const beside = await playCode(codes, ({ client }) => {
    client.code('metrics');
    client.code('work');
  });
  t.deepEqual([beside.verdict, beside.virtualSeconds, ticks], ['pass', 10.5, 10]);
  const gone = await playCode(codes, ({ w, client, server }) => {
    client.code('metrics');
    server.sleep({ seconds: 20 });
    w.crash(client, { atUs: 5_500_000 });
  });
  t.deepEqual([gone.verdict, gone.virtualSeconds, ticks], ['pass', 20, 15]);
  const waiting = await playCode(
    { ...codes, wait: () => new Promise(() => {}) },
    ({ client }) => {
      client.code('metrics');
      client.code('wait');
    },
    { bounds: { patienceMs: 20 } },
  );
  t.like(waiting.violations, [{ invariant: 'code-comes-to-an-end' }]);
});

test.serial('work outside of the event loop is waited for, while virtual time stands', async (t) => {
  const { ret, result } = await runOne(async ({ busy, clock }) => {
    const before = clock.Date.now();
    const key = (await busy(promisify(scrypt)('secret', 'salt', 32))) as Buffer;
    return [key.length, clock.Date.now() - before];
  });
  t.deepEqual(ret, [32, 0]);
  t.is(result.verdict, 'pass');
  const never = await runOne(({ busy }) => void busy(new Promise(() => {})), { bounds: { patienceMs: 20 } });
  t.regex(never.result.violations[0]?.text ?? '', /gave work to busy\(\) that was not done in 20 real ms/);
});

test.serial('what was synced is there after a crash of the host, and what was not may be lost', async (t) => {
  const runs: unknown[] = [];
  const codes: Record<string, Code> = {
    keep({ fs, run, clock }) {
      if (run === 1) {
        for (const name of ['/synced', '/unsynced']) {
          const fd = fs.openSync(name, 'w');
          fs.writeSync(fd, 'content');
          if (name === '/synced') fs.fsyncSync(fd);
        }
        const root = fs.openSync('/');
        fs.fsyncSync(root);
        fs.writeFileSync('/unnamed', 'its name is not synced');
      }
      const there = ['/synced', '/unsynced', '/unnamed'].map((name) =>
        fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : 'gone',
      );
      runs.push(there, clock.Date.now() - 1_700_000_000_000);
    },
  };
  const result = await playCode(codes, ({ w, client }) => {
    client.boot(() => client.code('keep'));
    w.crash(client, { atUs: 1_000_000 }, 'half-open');
    w.restart(client, { atUs: 2_000_000 });
  });
  t.is(result.verdict, 'pass');
  const [before, beganMs, after, againMs] = runs;
  t.deepEqual([before, beganMs, againMs], [['content', 'content', 'its name is not synced'], 0, 2_000]);
  const [synced, unsynced, unnamed] = after as string[];
  t.is(synced, 'content');
  t.true('content'.startsWith(unsynced ?? '?'), 'all of it, none of it, or a beginning');
  t.true(['gone', ''].includes(unnamed ?? '?') || 'its name is not synced'.startsWith(unnamed ?? '?'));
});

test.serial('a process that is gone takes its code with it: no timer, no stream, no file any more', async (t) => {
  const heard: string[] = [];
  const codes: Record<string, Code> = {
    async linger({ clock, net, fs }) {
      clock.setTimeout(() => heard.push('timer'), 5_000);
      const stream = net.connect('server', 443);
      for (const event of ['close', 'error', 'end']) stream.on(event, () => heard.push(event));
      setTimeout(() => {
        for (const act of [
          () => fs.writeFileSync('/a', 'x'),
          () => net.connect('server', 443),
          () => net.listen(1, () => {}),
        ]) {
          try {
            act();
          } catch (cause) {
            heard.push((cause as NodeJS.ErrnoException).code ?? '');
          }
        }
        stream.write('x');
      }, 30);
      await new Promise(() => {});
    },
    async wait({ busy }) {
      await busy(new Promise((resolve) => setTimeout(resolve, 60)));
    },
  };
  const result = await playCode(codes, ({ w, client, server }) => {
    client.code('linger');
    w.crash(client, { atUs: 10_000 });
    server.sleep({ ms: 20 });
    server.code('wait');
  });
  t.is(result.steps.get('client-1')?.outcome, 'crashed');
  t.is(result.verdict, 'pass');
  t.deepEqual(heard, ['EIO', 'PROCESS_GONE', 'PROCESS_GONE']);
});

test.serial('a paused host does not call its code', async (t) => {
  const result = await playCode(
    {
      async nap({ clock }) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 100));
        return clock.Date.now() - 1_700_000_000_000;
      },
    },
    ({ w, client }) => {
      client.code('nap');
      w.fault({ do: 'pause', host: client.name }, { atUs: 50_000 }, { lastsUs: 1_000_000 });
    },
  );
  t.is(result.steps.get('client-1')?.observed.ret, 1_050);
});

test.serial('data goes in with the step, and what JSON holds of the value comes out', async (t) => {
  const give = async (value: unknown): Promise<unknown> => (await runOne(() => value)).ret;
  t.deepEqual(await give({ a: [1, 'b', null] }), { a: [1, 'b', null] });
  t.is(await give(undefined), null);
  t.is(await give(1n), null);
  const result = await playCode({ it: ({ given, name }) => [name, given] }, ({ client }) =>
    client.code('it', { given: { n: 1 } }),
  );
  t.deepEqual(result.steps.get('client-1')?.observed.ret, ['client', { n: 1 }]);
});

test.serial('one run with code at a time in a Node process', async (t) => {
  const slow: Code = ({ busy }) => busy(new Promise((resolve) => setTimeout(resolve, 20)));
  const first = runOne(slow);
  await t.throwsAsync(runOne(slow), { instanceOf: CodeError, code: 'CODE_BUSY' });
  t.is((await first).result.verdict, 'pass');
  t.is((await runOne(slow)).result.verdict, 'pass');
});

test.serial('listeners for what nobody catches are as they were, after a run', async (t) => {
  const before = process.listeners('unhandledRejection');
  await runOne(() => 1);
  t.deepEqual(process.listeners('unhandledRejection'), before);
  t.false(process.hasUncaughtExceptionCaptureCallback());
});

test.serial('a plan cannot hold code: whoever runs it without is told what is missing', async (t) => {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    codes: { it: () => 1 },
    record: (w) => void w.client().code('it'),
  });
  const plan = recordPlan(one, { seed: '1', profile: '3.0' });
  for (const run of [() => runPlan(plan), () => judgePlan(plan)]) {
    t.regex(
      t.throws(run, { instanceOf: WorldError, code: 'CODE_MISSING' })?.message ?? '',
      /^step client-1 runs the code "it"/,
    );
  }
  await t.throwsAsync(runWithCode(plan, { codes: {} }), { instanceOf: WorldError, code: 'CODE_MISSING' });
  t.throws(() => recordPlan(scenario({ ...one, codes: { other: () => 1 } }), { seed: '1', profile: '3.0' }), {
    instanceOf: ScenarioError,
    message: /runs the code "it", and its codes are: other/,
  });
});
