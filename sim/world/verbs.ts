/** The verbs of a plan: what each takes. C functions and `sim_` calls are in docs/programs.md. */
import * as v from 'valibot';
import { type EarlyConduct, misbehaviours, type StoreOptions, ticketKeysMax } from '../emulator/index.js';
import { errorOfIssue, type Json, json, jsonSchemaOf, PlanError, type Step } from '../plan/index.js';

/** The keys of the test certificates, which all bear the same names. */
export const testKeys = ['ec-p256', 'rsa-2048', 'ed25519'] as const;
export type TestKey = (typeof testKeys)[number];

/** What each verb is told besides the object that it is about. Names of hosts, ports, bytes, microseconds of virtual time. */
export interface VerbOptions {
  readonly connect: { readonly to: string; readonly port: number };
  readonly handshake: Empty;
  readonly send: { readonly bytes: number };
  /** So many bytes, or all until the stream ends. */
  readonly receive: { readonly bytes?: number; readonly until?: 'end' };
  /** A request to the emulator: its body's bytes, bytes behind it that belong to no request, the answer's bytes, and how the answer ends. */
  readonly request: {
    readonly bytes: number;
    readonly beyond: number;
    readonly answer: number;
    readonly ends: 'length' | 'until-close';
  };
  /** Early data, before the handshake: so many bytes, or a request, whose answer is to be received. */
  readonly send_early: { readonly bytes: number } | { readonly request: VerbOptions['request'] };
  /** New keys for what is sent; `requested`: the peer is asked for its own, too. So many times, one behind the other. */
  readonly key_update: { readonly requested: boolean; readonly count: number };
  /** `wait`: until the peer has said so too. */
  readonly close: { readonly wait: boolean };
  readonly disconnect: Empty;
  readonly sleep: { readonly us: number };
  /** Until that step has ended, or so long has passed: 60 seconds unless told. */
  readonly await: { readonly step: string; readonly withinUs?: number };
  readonly exit: Empty;
  readonly observe: Empty;
  /**
   * The accept loop of the emulator. `virtualHosts`: the name of a context (with its `$`) by server name; `early`: it takes early data, and
   * acts upon it at once or after the handshake.
   */
  readonly serve: {
    readonly port: number;
    readonly close: 'answer' | 'none';
    readonly early: EarlyConduct | 'not-read';
    /** It answers requests only of who shows a certificate, for which it asks when the first has come (TLS 1.3). */
    readonly lateAuthentication: boolean;
    /** It ends the connection of who does not resume a session. */
    readonly resumedOnly: boolean;
    /** Names of `misbehaviours`; on its nth connection alone, where that is told. */
    readonly misbehave: readonly { readonly name: string; readonly nth?: number }[];
    readonly virtualHosts: Readonly<Record<string, string>>;
  };
  /**
   * Bytes of early data that a context's tickets allow, and that a server takes whatever they allow (libssl's own limit unless told);
   * without `antiReplay` its tickets open as often as they come.
   */
  readonly early_data: { readonly max: number; readonly receivedMax?: number; readonly antiReplay: boolean };
  /**
   * Ticket keys: derived from the seed and a name, so that servers that share the name open each other's tickets; or several such
   * names, of which the first seals and the others still open and renew (none: no key is left, and no ticket is sealed or opened); or a
   * file of the host's disk, made where there is none,
   * with a new key in front where it says `rotate` (2 are kept unless told).
   */
  readonly ticket_keys:
    | { readonly shared: string }
    | { readonly ring: readonly string[] }
    | { readonly file: string; readonly rotate?: boolean; readonly keep?: number };
  /** A key from elsewhere, offered by clients and found by servers: it follows from the seed and the name under which it is shared. */
  readonly psk: { readonly identity: string; readonly shared: string };
  /** Sessions in files of a directory, by the three callbacks. */
  readonly session_store: StoreOptions;
  /** Has the new callback of a context keep each session that it is handed, or so many of them, the oldest being let go. */
  readonly keep_sessions: { readonly atMost?: number };
  /** How many sessions of one host the program means to keep: it says so of itself, and an invariant holds it to it. */
  readonly holds_at_most: { readonly sessionsPerHost: number };
  /** One of those: counted from the oldest, which is 1, where a number is told; of those that came on one connection (with its `$`), where one is. */
  readonly take_session: { readonly which: 'oldest' | 'newest' | number; readonly of?: string };
  /** Hands connections to this host's port on to others: each in turn, or by the client's address. */
  readonly balance: {
    readonly port: number;
    readonly to: readonly string[];
    readonly by: 'turn' | 'hash';
    /** Looks every so often whether a server takes a connection; out after `fall` times that none does, in again after `rise` times. */
    readonly check?: { readonly everyUs: number; readonly fall: number; readonly rise: number };
  };
  /** Has a context take test certificates for authorities, for both sides: that of `ec-p256` where none are told. */
  readonly trust: { readonly keys?: readonly TestKey[] };
  /** The test certificate that a context shows from then on. */
  readonly credential: { readonly key: TestKey };
  /** The program compares the key of its peer with the one that it knows, once the handshake is done. */
  readonly check_peer: { readonly key: TestKey };
  /** SSL_set1_host: the certificate must be for that name. */
  readonly expect_host: { readonly name: string };
  /** Code under test, by the name under which the run was given it. */
  readonly code: { readonly run: string; readonly given?: Json };
  readonly file_write: { readonly path: string };
  readonly file_read: { readonly path: string };
  readonly file_sync: { readonly path: string };
  readonly file_rename: { readonly from: string; readonly to: string };
  readonly file_remove: { readonly path: string };
  readonly directory_sync: { readonly path: string };
}
type Empty = Readonly<Record<string, never>>;
export type VerbName = keyof VerbOptions;

/** One verb with its options; `object` is the name it is about, without the `$`; `bytes`: those that stand in the plan instead. */
export type Verb = {
  readonly [K in VerbName]: {
    readonly verb: K;
    readonly object: string;
    readonly bytes: Uint8Array | undefined;
    readonly options: VerbOptions[K];
  };
}[VerbName];

/** Bytes that one step sends or asks for. */
export const transferBytesMax: number = 2 ** 26;
/** KeyUpdates that one step sends. */
const keyUpdatesMax = 1_000_000;
/** The longest sleep: a hundred years. */
const sleepUsMax = 3_155_760_000_000_000;

const whole = (min: number, max: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
const host = v.pipe(v.string(), v.minLength(1));
const port = whole(1, 65_535);
const path = v.pipe(v.string(), v.regex(/^\/[^\0]{0,250}$/u, 'Expected an absolute path'));
const amount = whole(0, transferBytesMax);
const misbehaving = v.strictObject({
  name: v.picklist(misbehaviours.map((one) => one.name)),
  nth: v.exactOptional(whole(1, 2 ** 31)),
});
const keyName = v.pipe(v.string(), v.minLength(1));
/** PSK_MAX_IDENTITY_LEN of the oldest line. */
const pskIdentity = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const none = v.strictObject({});
const request = v.strictObject({
  bytes: v.optional(amount, 0),
  beyond: v.optional(amount, 0),
  answer: amount,
  ends: v.optional(v.picklist(['length', 'until-close']), 'length'),
});
/** What SSL_CTX_set_max_early_data(3) takes. */
const earlyAmount = whole(0, 2 ** 32 - 1);

type Tables = {
  readonly [K in VerbName]: {
    readonly object: 'ssl' | 'ctx' | 'any' | 'bytes' | 'none';
    readonly options: v.GenericSchema<unknown, VerbOptions[K]>;
  };
};

const tables: Tables = {
  connect: { object: 'ssl', options: v.strictObject({ to: host, port: v.optional(port, 443) }) },
  handshake: { object: 'ssl', options: none },
  send: { object: 'ssl', options: v.strictObject({ bytes: amount }) },
  receive: {
    object: 'ssl',
    options: v.union([v.strictObject({ bytes: amount }), v.strictObject({ until: v.literal('end') })]),
  },
  request: { object: 'ssl', options: request },
  send_early: { object: 'ssl', options: v.union([v.strictObject({ bytes: amount }), v.strictObject({ request })]) },
  key_update: {
    object: 'ssl',
    options: v.strictObject({
      requested: v.optional(v.boolean(), false),
      count: v.optional(whole(1, keyUpdatesMax), 1),
    }),
  },
  close: { object: 'ssl', options: v.strictObject({ wait: v.optional(v.boolean(), true) }) },
  disconnect: { object: 'ssl', options: none },
  sleep: { object: 'none', options: v.strictObject({ us: whole(0, sleepUsMax) }) },
  await: {
    object: 'none',
    options: v.strictObject({ step: v.string(), withinUs: v.exactOptional(whole(0, sleepUsMax)) }),
  },
  exit: { object: 'none', options: none },
  observe: { object: 'any', options: none },
  serve: {
    object: 'ctx',
    options: v.strictObject({
      port: v.optional(port, 443),
      close: v.optional(v.picklist(['answer', 'none']), 'answer'),
      lateAuthentication: v.optional(v.boolean(), false),
      resumedOnly: v.optional(v.boolean(), false),
      early: v.optional(v.picklist(['at-once', 'deferred', 'not-read']), 'not-read'),
      misbehave: v.optional(
        v.union([
          v.pipe(v.array(misbehaving), v.maxLength(misbehaviours.length)),
          v.pipe(
            misbehaving,
            v.transform((one) => [one]),
          ),
        ]),
        [],
      ),
      virtualHosts: v.optional(v.record(v.string(), v.pipe(v.string(), v.startsWith('$'))), {}),
    }),
  },
  early_data: {
    object: 'ctx',
    options: v.strictObject({
      max: earlyAmount,
      receivedMax: v.exactOptional(earlyAmount),
      antiReplay: v.optional(v.boolean(), true),
    }),
  },
  ticket_keys: {
    object: 'ctx',
    options: v.union([
      v.strictObject({ shared: keyName }),
      v.strictObject({ ring: v.pipe(v.array(keyName), v.maxLength(ticketKeysMax)) }),
      v.strictObject({
        file: path,
        rotate: v.exactOptional(v.boolean()),
        keep: v.exactOptional(whole(1, ticketKeysMax)),
      }),
    ]),
  },
  psk: { object: 'ctx', options: v.strictObject({ identity: pskIdentity, shared: keyName }) },
  session_store: {
    object: 'ctx',
    options: v.strictObject({
      directory: path,
      sync: v.optional(v.picklist(['each', 'never']), 'each'),
      reference: v.optional(v.picklist(['hand-over', 'keep']), 'hand-over'),
    }),
  },
  keep_sessions: { object: 'ctx', options: v.strictObject({ atMost: v.exactOptional(whole(0, 2 ** 31)) }) },
  holds_at_most: { object: 'none', options: v.strictObject({ sessionsPerHost: whole(1, 2 ** 31) }) },
  take_session: {
    object: 'ctx',
    options: v.strictObject({
      which: v.union([v.picklist(['oldest', 'newest']), whole(1, 2 ** 31)]),
      of: v.exactOptional(v.pipe(v.string(), v.startsWith('$'))),
    }),
  },
  balance: {
    object: 'none',
    options: v.strictObject({
      port: v.optional(port, 443),
      to: v.pipe(v.array(host), v.minLength(1), v.maxLength(1000)),
      by: v.optional(v.picklist(['turn', 'hash']), 'turn'),
      check: v.exactOptional(
        v.strictObject({
          everyUs: whole(1, sleepUsMax),
          fall: v.optional(whole(1, 1000), 3),
          rise: v.optional(whole(1, 1000), 2),
        }),
      ),
    }),
  },
  trust: { object: 'ctx', options: v.strictObject({ keys: v.exactOptional(v.array(v.picklist(testKeys))) }) },
  credential: { object: 'ctx', options: v.strictObject({ key: v.picklist(testKeys) }) },
  expect_host: {
    object: 'ssl',
    options: v.strictObject({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }),
  },
  check_peer: { object: 'ssl', options: v.strictObject({ key: v.picklist(testKeys) }) },
  code: {
    object: 'none',
    options: v.strictObject({ run: keyName, given: v.exactOptional(json) }),
  },
  file_write: { object: 'bytes', options: v.strictObject({ path }) },
  file_read: { object: 'none', options: v.strictObject({ path }) },
  file_sync: { object: 'none', options: v.strictObject({ path }) },
  file_rename: { object: 'none', options: v.strictObject({ from: path, to: path }) },
  file_remove: { object: 'none', options: v.strictObject({ path }) },
  directory_sync: { object: 'none', options: v.strictObject({ path }) },
};

/** The verbs whose steps can have a name: of what they bring. */
const naming: readonly VerbName[] = ['file_read', 'take_session'];

export const verbNames: readonly string[] = Object.keys(tables);

/** Of each verb: whether it takes a name or bytes first, and its options as JSON Schema. */
export function verbJsonSchemas(): Readonly<Record<string, { readonly object: boolean; readonly options: Json }>> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { object, options }]) => [
      name,
      { object: object !== 'none', options: jsonSchemaOf(options) },
    ]),
  );
}

export function isVerb(call: string): call is VerbName {
  return Object.hasOwn(tables, call);
}

/**
 * Reads the arguments of a verb's step.
 * @param pointer - of the step, for the error
 * @throws PlanError
 */
export function parseVerb(step: Step, call: VerbName, pointer: string): Verb {
  const table = tables[call];
  const args = [...(step.args ?? [])];
  let object = '';
  let bytes: Uint8Array | undefined;
  if (table.object !== 'none') {
    const given = args.shift();
    if (typeof given === 'string' && given.startsWith('$') && given.length > 1) object = given.slice(1);
    else if (table.object === 'bytes') bytes = plainBytes(given, `${pointer}/args/0`);
    else throw new PlanError(`${pointer}/args/0`, 'a name ("$name")', JSON.stringify(given) ?? 'nothing');
  }
  if (step.let !== undefined && !naming.includes(call)) {
    throw new PlanError(`${pointer}/let`, 'no name', `${call} returns nothing to name`);
  }
  const at = step.args === undefined ? 0 : step.args.length - args.length;
  const parsed = v.safeParse(table.options, args.shift() ?? {});
  if (!parsed.success) throw errorOfIssue(`${pointer}/args/${at}`, parsed.issues[0]);
  if (args.length > 0) throw new PlanError(`${pointer}/args/${at + 1}`, 'nothing more', JSON.stringify(args[0]) ?? '');
  // Name and options were looked up together.
  return { verb: call, object, bytes, options: parsed.output } as Verb;
}

function plainBytes(given: Json | undefined, pointer: string): Uint8Array {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    const { hex, text } = given as Readonly<Record<string, Json>>; // an object that is no list
    if (typeof hex === 'string' && /^(?:[0-9a-f]{2})*$/iu.test(hex)) return new Uint8Array(Buffer.from(hex, 'hex'));
    if (typeof text === 'string') return new Uint8Array(Buffer.from(text, 'utf8'));
  }
  throw new PlanError(pointer, 'bytes ("$name", { "hex": … } or { "text": … })', JSON.stringify(given) ?? 'nothing');
}
