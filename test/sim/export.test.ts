import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ExportError, exportC, statementsOf } from '../../sim/export/index.js';
import {
  Comparison,
  calls,
  type Difference,
  libsslSource,
  parseProgram,
  readLine,
  runProgram,
  writeLine,
} from '../../sim/program/index.js';
import { simtls } from './_command.js';
import { corpusPrograms } from './_corpus.js';
import { connected, pair, program, step } from './_programs.js';

/** The libssl that a C compiler links with here. */
const installed = execFileSync('cc', ['-print-file-name=libssl.so'], { encoding: 'utf8' }).trim();
const agents = libsslSource({ libssl: installed, anyPatch: true }, () => undefined);
const folder = mkdtempSync(join(tmpdir(), 'simtls-export-'));
test.after.always(() => {
  agents.close();
  rmSync(folder, { recursive: true });
});

type Value = Readonly<Record<string, unknown>>;

const corpus = new Map(
  corpusPrograms().map(({ file, text }) => [file.replace('.json', ''), JSON.parse(text) as Value]),
);

/** Compiles a program's test as its first comment says, and gives what it prints. */
function printed(value: Value, name: string): { readonly lines: readonly string[]; readonly status: number | null } {
  const text = exportC(value, { file: `${name}.c` });
  const line = /^ \* {5}(cc .+) && \.\/a\.out$/m.exec(text)?.[1] ?? '';
  writeFileSync(join(folder, `${name}.c`), text);
  execFileSync(`${line} -Wall -Wextra -Werror -o ${name}`, { cwd: folder, shell: true });
  const { stdout, status } = spawnSync(join(folder, name), { encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), status };
}

/** The first difference between the agent on the installed library (`model`) and the test (`libssl`). */
function differs(value: Value, name: string): Difference | undefined {
  const stack = agents.open('3.0');
  try {
    const agent = [...runProgram(parseProgram(value), stack)];
    const { lines } = printed(value, name);
    const comparison = new Comparison();
    for (let at = 0; at < Math.max(agent.length, lines.length); at++) {
      const line = lines[at];
      const found = comparison.next(agent[at], line === undefined ? undefined : readLine(line));
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    stack.end();
  }
}

test('every call of the format can be said in C', (t) => {
  t.deepEqual(
    [...calls.keys()].filter((call) => statementsOf(call) === undefined),
    [],
  );
});

test('a C file fits a screen', (t) => {
  for (const [name, value] of [...corpus].filter((_, index) => index % 9 === 0)) {
    const wide = exportC(value)
      .split('\n')
      .filter((line) => line.length > 80 && !line.startsWith('    puts('));
    t.deepEqual(wide, [], name);
  }
});

// A handshake with callbacks that hand out sessions, an encoded session, a cut and a damaged record, a misuse.
for (const name of ['R49', 'E01', 'S14', 'S17', 'F02']) {
  test(`${name} as C prints what the same libssl shows through the agent`, (t) => {
    t.is(differs(corpus.get(name) ?? {}, name), undefined);
  });
}

test('names, strings and numbers of all kinds come through C', (t) => {
  const steps = [
    step('int', 'SSL_CTX_new', 'TLS_server_method'),
    step('SSL_OP_ALL', 'SSL_CTX_new', 'TLS_client_method'),
    step('step', 'SSL_new', '$SSL_OP_ALL'),
    step('_x', 'SSL_SESSION_new'),
    step('ret', 'SSL_SESSION_dup', '$_x'),
    step(null, 'SSL_SESSION_set1_hostname', '$_x', { text: 'a "quote", a \\, ??/ and ü\n*/' }),
    step(null, 'SSL_SESSION_get0_hostname', '$_x'),
    step(null, 'SSL_SESSION_set_timeout', '$_x', 'LONG_MAX'),
    step(null, 'SSL_SESSION_set_time', '$_x', { now: -60 }),
    step(null, 'SSL_SESSION_get_time', '$_x'),
    step(null, 'SSL_SESSION_set1_id', '$_x', { text: '1234, (56' }),
    step('data', 'SSL_SESSION_get_id', '$_x'),
    step(null, 'SSL_SESSION_set1_id_context', '$ret', '$data'),
    step(null, 'SSL_SESSION_set1_master_key', '$ret', { hex: 'ab'.repeat(100) }),
    step(null, 'SSL_CTX_set_options', '$int', -1),
    step(null, 'SSL_CTX_set_timeout', '$int', -9007199254740991),
    step('none', 'SSL_get1_session', '$step'),
    step(null, 'SSL_SESSION_is_resumable', '$none'),
    step(null, 'SSL_SESSION_free', '$none'),
    step(null, 'SSL_set_session', '$step', '$_x'),
    step(null, 'SSL_do_handshake', '$step'),
    step(null, 'SSL_get_session', '$step'),
    step(null, 'SSL_SESSION_has_ticket', '$#1'),
  ];
  // A connection that was made to shake hands has dropped the session for one without a name.
  steps.splice(20, 0, step(null, 'SSL_set_connect_state', '$step'));
  t.is(differs(program(steps, '3.0'), 'names'), undefined);
});

test('a misuse ends the test where it ends the program, with its line', (t) => {
  const value = program([...connected, step(null, 'SSL_free', '$c'), step(null, 'SSL_clear', '$c')], '3.0');
  const { lines, status } = printed(value, 'misuse');
  const stack = agents.open('3.0');
  const agent = [...runProgram(parseProgram(value), stack)].map(writeLine);
  stack.end();
  t.is(status, 1);
  t.is(lines.at(-1), agent.at(-1));
  t.regex(lines.at(-1) ?? '', /use-after-free/);
});

test('the command writes the file, and says what it cannot write', async (t) => {
  const value = JSON.stringify(program(pair(), '3.5'));
  const out = join(folder, 'out.c');
  t.deepEqual(await simtls(['program', 'export', '--c', '-', '--out', out], value), { code: 0, out: '', err: '' });
  const said = await simtls(['program', 'export', '--c', '-'], value);
  t.is(said.code, 0);
  t.regex(said.out, /of OpenSSL 3\.5\./);
  t.regex((await simtls(['program', 'export', '--c', '-', '--profile', '1.1.1'], value)).out, /of OpenSSL 1\.1\.1\./);
  const without = await simtls(['program', 'export', '-'], value);
  t.is(without.code, 2);
  t.regex(without.err, /--c/);
  const nowhere = await simtls(['program', 'export', '--c', '-', '--out', join(folder, 'no', 'such.c')], value);
  t.is(nowhere.code, 2);
  t.regex(nowhere.err, /cannot write/);
});

test('what C cannot say is refused by name', (t) => {
  const error = new ExportError('steps[3]', 'sim_x cannot be said in C');
  t.is(error.message, 'steps[3]: sim_x cannot be said in C');
  t.is(statementsOf('sim_x'), undefined);
});
