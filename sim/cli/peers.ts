/** `simtls serve` and `simtls connect`: the stack among real programs, over real TCP. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Credential } from '../../src/index.js';
import {
  type Authorities,
  appendTo,
  bundledAuthorities,
  ConnectionFailure,
  fragmentLengths,
  keyLogTo,
  misbehaviourNamed,
  misbehaviours,
  Packets,
  PeerClient,
  PeerError,
  type PeerErrorCode,
  PeerServer,
  type PreSharedKey,
  readAlpnList,
  readAuthorities,
  readBytes,
  readCipherList,
  readCredential,
  readPreSharedKey,
  type TlsVersions,
  whenInterrupted,
  writeCertificates,
} from '../peers/index.js';
import type { Profile } from '../stacks/index.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { nearest } from './nearest.js';
import { allProfiles, defaults } from './run-options.js';

const portMax = 65_535;
const secondsMax = 100_000_000;
const ticketsMax = 1_000;
const reconnectMax = 1_000_000;
/** Seconds that the other side may take. */
const patience = { serve: 300, connect: 30 };

/** What both commands take. */
interface PeerOptions {
  readonly profile: Profile;
  readonly cert?: string;
  readonly key?: string;
  readonly alpn?: string;
  readonly cipher?: string;
  readonly tls: TlsVersions;
  readonly tickets: boolean;
  readonly numTickets?: number;
  readonly earlyData?: string;
  readonly keyUpdate?: boolean;
  readonly psk?: string;
  readonly pskIdentity?: string;
  readonly verify?: string;
  readonly renegotiate?: boolean;
  readonly wait: number;
  readonly keylog?: string;
  readonly pcap?: string;
  readonly insecureSeed?: string;
}

interface ServeCommandOptions extends PeerOptions {
  readonly port?: number;
  readonly host: string;
  readonly timeout?: number;
  readonly certOut?: string;
  readonly naccept?: number;
  readonly misbehave?: string;
}

interface ConnectCommandOptions extends PeerOptions {
  readonly servername?: string;
  readonly sessIn?: string;
  readonly sessOut?: string;
  readonly reconnect: number;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly maxfraglen?: string;
  readonly get?: string;
}

/** Adds both commands. */
export function addPeerCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  shared(
    program
      .command('serve')
      .description('a TLS server on a real port: answers every GET with how its connection came about')
      .option('--port <port>', 'where it listens, which has to be said; 0: any port', whole(0, portMax))
      .option('--host <address>', 'the address it listens on', '127.0.0.1')
      .option('--timeout <s>', 'seconds for which a session may be resumed (7200)', whole(0, secondsMax))
      .option('--num-tickets <n>', 'tickets after a full handshake of TLS 1.3 (2)', whole(0, ticketsMax))
      .option('--early-data <file>', 'take early data (TLS 1.3), and append it to a file')
      .option('--verify <file>', 'ask for a client certificate, which these authorities must verify')
      .option('--cert-out <file>', 'write the certificate that it shows, for clients to trust')
      .option('--naccept <n>', 'end after so many connections', whole(1, Number.MAX_SAFE_INTEGER))
      .option('--misbehave <name>', 'be a bad server; list names all ways'),
    patience.serve,
  )
    .addHelpText('after', '\nExample:\n  simtls serve --port 4433 --misbehave rotate-keys')
    .action(async (options: ServeCommandOptions) =>
      end(await guarded(() => captured(options, 'serve', io, (to, packets) => serve(options, to, packets)))),
    );
  shared(
    program
      .command('connect')
      .description("a TLS client: connects, and says in s_client's words whether a session was resumed, and why")
      .argument('<host:port>', 'whom to connect to')
      .option('--servername <name>', 'the server name to send (the host, where that is no address)')
      .option('--sess-out <file>', 'write the session, as openssl s_client -sess_out does')
      .option('--sess-in <file>', 'offer the session of a file that openssl or simtls wrote')
      .option('--num-tickets <n>', 'tickets of TLS 1.3 to wait for where a session is kept (1)', whole(0, ticketsMax))
      .option('--early-data <file>', 'send a file as early data (TLS 1.3), where the session allows it')
      .option('--reconnect <k>', 'connect k times more, offering the session before', whole(0, reconnectMax), 0)
      .addOption(
        new Option(
          '--ca <file>',
          "verify the server with these authorities (Mozilla's, as Node carries them)",
        ).conflicts(['insecure', 'verify']),
      )
      .addOption(new Option('--verify <file>', 'the same as --ca').conflicts('insecure'))
      .option('--insecure', 'take any certificate')
      .addOption(
        new Option('--maxfraglen <bytes>', 'ask for records of so many bytes of plaintext at most').choices(
          fragmentLengths.map(String),
        ),
      )
      .option('--get <path>', 'GET a path, and print the answer'),
    patience.connect,
  )
    .addHelpText('after', '\nExample:\n  simtls connect localhost:4433 --insecure --reconnect 1 --get /')
    .action(async (target: string, options: ConnectCommandOptions) =>
      end(
        await guarded(() => captured(options, 'connect', io, (to, packets) => connect(target, options, to, packets))),
      ),
    );
}

function shared(command: Command, waitSeconds: number): Command {
  return command
    .addOption(new Option('--tls <version>', 'the protocol version').choices(['1.2', '1.3', 'any']).default('any'))
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line that it imitates')
        .choices(allProfiles)
        .default(defaults.profile),
    )
    .option('--cert <file>', 'its certificate chain (PEM or DER), with --key')
    .option('--key <file>', 'its private key: PKCS#8, SEC 1 or PKCS#1 (PEM or DER)')
    .option('--alpn <list>', 'protocols by preference, with commas between')
    .option('--cipher <list>', 'cipher suites by preference, as openssl ciphers names them, with colons between')
    .option('--no-tickets', 'no session tickets: session ids alone')
    .option('--key-update', 'update the keys (TLS 1.3): a client once it is connected, a server before each answer')
    .option('--psk <hex>', 'a key that both sides know already (TLS 1.3)')
    .option('--psk-identity <name>', 'the name of that key (Client_identity)')
    .option(
      '--renegotiate',
      'ask for a new handshake (TLS 1.2): a client once it is connected, a server before each answer',
    )
    .option('--wait <s>', 'seconds that the other side may take', whole(1, secondsMax), waitSeconds)
    .addOption(new Option('--keylog <file>', 'append the secrets, as an NSS key log').env('SSLKEYLOGFILE'))
    .option('--pcap <file>', 'write the packets, with the secrets that Wireshark needs (- is standard output)')
    .option('--insecure-seed <n>', 'all randomness from a seed: anybody who knows it reads everything');
}

/** Has a command write its packets, whatever becomes of it; what it says goes elsewhere where they go to standard output. */
async function captured(
  { pcap, profile }: PeerOptions,
  name: string,
  io: Io,
  command: (io: Io, packets: Packets | undefined) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (pcap === undefined) return command(io, undefined);
  const to = pcap === '-' ? (bytes: Uint8Array) => io.outBytes(bytes) : pcap;
  const packets = new Packets(to, `simtls ${name}, OpenSSL ${profile}`);
  let code: ExitCode;
  try {
    code = await command(pcap === '-' ? { ...io, out: io.err } : io, packets);
  } catch (cause) {
    packets.end();
    throw cause;
  }
  packets.end();
  return code;
}

async function serve(options: ServeCommandOptions, io: Io, packets: Packets | undefined): Promise<ExitCode> {
  if (options.misbehave === 'list') {
    for (const one of misbehaviours) io.out(`${one.name}\n  ${one.says}\n`);
    return exitCodes.held;
  }
  if (options.port === undefined)
    throw new CommandFailure(exitCodes.usedWrongly, '--port is missing: where it listens (0: any port that is free)');
  const conduct = options.misbehave === undefined ? undefined : conductNamed(options.misbehave);
  const credential = credentialOf(options);
  const server = await PeerServer.start({
    ...common(options, io, packets),
    ...given({ credential, conduct }),
    ...given({ earlyData: options.earlyData === undefined ? undefined : appendTo(options.earlyData) }),
    ...given({ sessionSeconds: options.timeout, connectionsMax: options.naccept }),
    ...given({
      clientAuthorities:
        options.verify === undefined ? undefined : told(readAuthorities(options.verify), options.verify, io),
    }),
    host: options.host,
    port: options.port,
  });
  if (options.certOut !== undefined) {
    try {
      writeCertificates(options.certOut, server.chain);
    } catch (cause) {
      server.stop();
      throw cause;
    }
  }
  if (conduct !== undefined) io.err(`misbehaving: ${conduct.says}\n`);
  if (credential === undefined) io.err('certificate: the fixed test certificate, whose key is public\n');
  io.out(`listening on ${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}\n`);
  const stopLooking = whenInterrupted(io.interrupted, () => server.stop());
  await server.ended.finally(stopLooking);
  return io.interrupted() ? exitCodes.interrupted : exitCodes.held;
}

async function connect(
  target: string,
  options: ConnectCommandOptions,
  io: Io,
  packets: Packets | undefined,
): Promise<ExitCode> {
  const client = new PeerClient({
    ...common(options, io, packets),
    ...address(target),
    ...given({ credential: credentialOf(options), authorities: authoritiesOf(options, io) }),
    ...given({ sessionIn: options.sessIn, sessionOut: options.sessOut }),
    ...given({ servername: options.servername, get: options.get }),
    ...given({ fragmentBytesMax: fragmentLengths.find((bytes) => String(bytes) === options.maxfraglen) }),
    ...given({ earlyData: options.earlyData === undefined ? undefined : readBytes(options.earlyData) }),
    reconnect: options.reconnect,
    answer: (bytes) => io.out(Buffer.from(bytes).toString()),
  });
  const stopLooking = whenInterrupted(io.interrupted, () => client.stop());
  try {
    await client.run();
    return exitCodes.held;
  } catch (cause) {
    if (!(cause instanceof ConnectionFailure)) throw cause;
    io.err(`simtls: ${cause.message}\n`);
    return cause.code === 'INTERRUPTED' ? exitCodes.interrupted : exitCodes.violated;
  } finally {
    stopLooking();
  }
}

function common(options: PeerOptions, io: Io, packets: Packets | undefined): CommonOptions {
  if (options.insecureSeed !== undefined) {
    io.err('INSECURE: all keys come from the seed; whoever knows it reads and forges everything\n');
  }
  const milliseconds = 1000;
  return {
    profile: options.profile,
    tls: versionsFor(options),
    tickets: options.tickets,
    limitMs: options.wait * milliseconds,
    print: (line) => io.out(`${line}\n`),
    ...given({ alpn: options.alpn === undefined ? undefined : readAlpnList(options.alpn) }),
    ...given({ cipherSuites: options.cipher === undefined ? undefined : readCipherList(options.cipher) }),
    ...given({ keyLog: keyLogOf(options, packets), packets }),
    ...given({ insecureSeed: options.insecureSeed, renegotiate: options.renegotiate }),
    ...given({ ticketCount: options.numTickets, keyUpdate: options.keyUpdate, psk: preSharedKey(options) }),
  };
}

/** Who takes the lines of a key log; undefined: nobody. */
function keyLogOf({ keylog }: PeerOptions, packets: Packets | undefined): ((line: string) => void) | undefined {
  const append = keylog === undefined ? undefined : keyLogTo(keylog);
  if (packets === undefined) return append;
  return (line) => {
    append?.(line);
    packets.secret(line);
  };
}

/** @throws CommandFailure for what the versions that are spoken do not have */
function versionsFor({ tls, renegotiate, earlyData, keyUpdate, psk }: PeerOptions): TlsVersions {
  if (renegotiate === true && tls === '1.3')
    throw new CommandFailure(exitCodes.usedWrongly, '--renegotiate needs TLS 1.2: say --tls 1.2, or nothing of --tls');
  const spoken = renegotiate === true ? '1.2' : tls; // TLS 1.3 has no renegotiation
  const asked = [
    earlyData !== undefined && '--early-data',
    keyUpdate === true && '--key-update',
    psk !== undefined && '--psk',
  ];
  const without = spoken === '1.2' ? asked.find((option) => option !== false) : undefined;
  if (without === undefined) return spoken;
  const told = renegotiate === true ? '--renegotiate' : '--tls 1.2';
  throw new CommandFailure(exitCodes.usedWrongly, `${without} needs TLS 1.3, and ${told} leaves it out`);
}

interface CommonOptions {
  readonly profile: Profile;
  readonly tls: TlsVersions;
  readonly tickets: boolean;
  readonly ticketCount?: number;
  readonly keyUpdate?: boolean;
  readonly psk?: PreSharedKey;
  readonly limitMs: number;
  readonly print: (line: string) => void;
  readonly alpn?: readonly string[];
  readonly cipherSuites?: readonly number[];
  readonly keyLog?: (line: string) => void;
  readonly packets?: Packets;
  readonly insecureSeed?: string;
  readonly renegotiate?: boolean;
}

/** The same without what is undefined. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // what is left has the type of what was there, undefined aside
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function preSharedKey({ psk, pskIdentity }: PeerOptions): PreSharedKey | undefined {
  if (psk !== undefined) return readPreSharedKey(psk, pskIdentity);
  if (pskIdentity === undefined) return undefined;
  throw new CommandFailure(exitCodes.usedWrongly, '--psk-identity names the key of --psk, which is missing');
}

function credentialOf({ cert, key }: PeerOptions): Credential | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new CommandFailure(exitCodes.usedWrongly, '--cert and --key belong together: one of them is missing');
  return readCredential(cert, key);
}

function authoritiesOf({ ca, verify, insecure }: ConnectCommandOptions, io: Io): readonly Uint8Array[] | undefined {
  if (insecure === true) return undefined;
  const file = ca ?? verify;
  return file === undefined ? bundledAuthorities().certificates : told(readAuthorities(file), file, io);
}

/** Says what was left out of a file that somebody named. */
function told({ certificates, leftOut }: Authorities, file: string, io: Io): readonly Uint8Array[] {
  if (leftOut > 0) io.err(`${file}: ${leftOut} authorities left out, whose keys are of a kind that is not supported\n`);
  return certificates;
}

function conductNamed(name: string): (typeof misbehaviours)[number] {
  const found = misbehaviourNamed(name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    misbehaviours.map((one) => one.name),
  );
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `no misbehaviour is called ${name}${hint} (--misbehave list names all)`,
  );
}

/** `HOST:PORT`, an IPv6 address in brackets. */
function address(target: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(target);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > portMax)
    throw new CommandFailure(exitCodes.usedWrongly, `expected HOST:PORT, got ${target}`);
  return { host, port };
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number of ${min} to ${max}`);
  };
}

const exitCodeOf: Readonly<Record<PeerErrorCode, ExitCode>> = {
  FILE_UNREADABLE: exitCodes.usedWrongly,
  FILE_INVALID: exitCodes.usedWrongly,
  FILE_UNWRITABLE: exitCodes.usedWrongly,
  ARGUMENT: exitCodes.usedWrongly,
  PORT_UNAVAILABLE: exitCodes.missing,
};

async function guarded(run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof PeerError) throw new CommandFailure(exitCodeOf[cause.code], cause.message, { cause });
    throw cause;
  }
}
