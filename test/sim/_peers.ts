/** Real programs for the peers' tests: our commands in this process, and those of others as children. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { command } from '../../sim/cli/command.js';
import { pem } from '../_credentials.js';
import { newFolder } from '../_folder.js';

const patienceMs = 30_000;

/** Text as it comes, and waiting for some of it. */
class Heard {
  text = '';
  #listeners: (() => void)[] = [];

  add(text: string): void {
    this.text += text;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (Date.now() > end) throw new Error(`${pattern} was not said, but:\n${this.text}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

/** One of our commands, running in this process. */
export class Ours {
  readonly out: Heard = new Heard();
  readonly err: Heard = new Heard();
  readonly code: Promise<number>;
  #interrupted = false;

  constructor(args: readonly string[]) {
    const out = (text: string): void => this.out.add(text);
    const err = (text: string): void => this.err.add(text);
    this.code = command(args, {
      out,
      outBytes: (bytes) => out(Buffer.from(bytes).toString('latin1')),
      err,
      streams: { stdin: process.stdin, stdout: { write: out }, stderr: { write: err } },
      readInput: () => '',
      readInputBytes: () => new Uint8Array(),
      outIsTerminal: false,
      errIsTerminal: false,
      columns: 80,
      realMs: () => 0,
      processors: 1,
      breathe: async () => {},
      interrupted: () => this.#interrupted,
    });
  }

  /** What SIGINT does. */
  async interrupt(): Promise<number> {
    this.#interrupted = true;
    return this.code;
  }

  /** Lines of standard output that begin so, each without a connection's number. */
  lines(start: string): string[] {
    return this.out.text
      .split('\n')
      .map((line) => line.replace(/^connection \d+: /, ''))
      .filter((line) => line.startsWith(start));
  }
}

/** `simtls serve` on a free port, for as long as `use` takes. */
export async function serving(
  args: readonly string[],
  use: (port: string, server: Ours) => Promise<void>,
): Promise<Ours> {
  const server = new Ours(['serve', '--port', '0', ...args]);
  try {
    const port = (await server.out.until(/listening on .*:(\d+)\n/))[1]!;
    await use(port, server);
  } finally {
    await server.interrupt();
  }
  return server;
}

/** `simtls connect`, to its end. */
export async function connecting(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const client = new Ours(['connect', ...args]);
  const code = await client.code;
  return { code, out: client.out.text, err: client.err.text };
}

/** The two with TLS 1.2 alone. */
export const serving12: typeof serving = (args, use) => serving(['--tls', '1.2', ...args], use);
export const connecting12: typeof connecting = (...args) => connecting('--tls', '1.2', ...args);

/** Somebody else's program; the lines of both of its streams in one text. */
export class Theirs {
  readonly said: Heard = new Heard();
  readonly child: ChildProcessWithoutNullStreams;
  readonly code: Promise<number>;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    needs(program);
    this.child = spawn(program, args, { env: { ...process.env, ...env } });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      // whole lines, so that none of one stream stands within one of the other
      createInterface({ input: stream.setEncoding('latin1') }).on('line', (line) => this.said.add(`${line}\n`));
    }
    this.child.stdin.on('error', () => {}); // it may have ended before it was told to
    const limit = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    this.code = new Promise((resolve) => {
      this.child.on('close', (code) => {
        clearTimeout(limit);
        resolve(code ?? -1);
      });
    });
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** Ends its input, and waits for its end. @returns all it said */
  async finish(): Promise<string> {
    this.child.stdin.end();
    await this.code;
    return this.said.text;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.code;
  }
}

/** `openssl s_client` with TLS 1.2 whose input ends at once. */
export async function sClient(port: string, ...args: readonly string[]): Promise<string> {
  return new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', ...args]).finish();
}

/** `openssl s_client` with TLS 1.3 whose input ends once a ticket has come (it says so without a flush) and `type` has typed. */
export async function sClient13(
  port: string,
  args: readonly string[],
  type: (client: Theirs) => Promise<void> = async () => {},
): Promise<string> {
  const command = ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-tls1_3', ...args];
  const client = new Theirs('stdbuf', ['-oL', ...command]);
  await client.said.until(/Post-Handshake New Session Ticket arrived|alert|:error:/);
  await type(client);
  return client.finish();
}

/** `openssl s_server` with TLS 1.2, unless told otherwise, on a free port, for as long as `use` takes. */
export async function sServer(
  args: readonly string[],
  use: (address: string, server: Theirs) => Promise<void>,
  options: { readonly version: '-tls1_2' | '-tls1_3' } = { version: '-tls1_2' },
): Promise<void> {
  const { certificate, key } = files();
  const own = ['-4', '-accept', '0', options.version, '-cert', certificate, '-key', key];
  const server = new Theirs('stdbuf', ['-oL', 'openssl', 's_server', ...own, ...args]);
  try {
    const port = (await server.said.until(/ACCEPT \S+:(\d+)/))[1]!;
    await use(`127.0.0.1:${port}`, server);
  } finally {
    await server.kill();
  }
}

/** A fresh folder with the test certificate (P-256) and its key, PEM. */
export function files(): { readonly folder: string; readonly certificate: string; readonly key: string } {
  const folder = newFolder();
  const { cert, key } = pem('ec-p256');
  const paths = { folder, certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(paths.certificate, cert);
  writeFileSync(paths.key, key);
  return paths;
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}

const packages: Readonly<Record<string, string>> = {
  openssl: 'openssl',
  curl: 'curl',
  stdbuf: 'coreutils',
  'gnutls-cli': 'gnutls-bin',
  'gnutls-serv': 'gnutls-bin',
};

/** Fails where a program is missing, and says how to get it. */
function needs(program: string): void {
  const found = spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
  const name = packages[program];
  if (name !== undefined && !found) {
    throw new Error(`${program} is missing, which this test needs: apt-get install ${name}`);
  }
}
