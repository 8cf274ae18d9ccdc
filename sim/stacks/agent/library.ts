/** libssl and what it stands on, through FFI: the functions that the agent calls, by their C names. */
import koffi, { type LibraryHandle } from 'koffi';
import type { CallbackName } from '../stack.js';
import type { TransportPoint } from './points.js';
import { type PreloadedClock, type PreloadedMemory, preloadedClock, preloadedMemory } from './preloaded.js';
import { fieldSignatures } from './signatures.js';
import { type WorldCallback, worldCallbacks, worldFunctions } from './world/functions.js';

/** An address. */
export type Pointer = bigint;

export type ForeignValue = Pointer | number | string | Uint8Array | BigUint64Array | null;

/** What a C function gives: numbers past 2^53 and pointers as bigint, NULL as null. */
export type ForeignFunction = (...args: readonly ForeignValue[]) => number | bigint | string | null | undefined;

const pointer = 'void *';
const bytes = ['void *', 'size_t'];

/** Result and arguments of each function that is called by its name with the arguments as they come. */
const signatures: Readonly<Record<string, readonly [result: string, ...args: string[]]>> = {
  TLS_method: [pointer],
  TLS_client_method: [pointer],
  TLS_server_method: [pointer],
  SSL_CTX_new: [pointer, pointer],
  SSL_CTX_up_ref: ['int', pointer],
  SSL_CTX_free: ['void', pointer],
  SSL_CTX_set_timeout: ['long', pointer, 'long'],
  SSL_CTX_get_timeout: ['long', pointer],
  SSL_CTX_add_session: ['int', pointer, pointer],
  SSL_CTX_remove_session: ['int', pointer, pointer],
  SSL_CTX_flush_sessions: ['void', pointer, 'long'],
  SSL_CTX_set_session_id_context: ['int', pointer, pointer, 'uint'],
  SSL_CTX_set_options: ['uint64_t', pointer, 'uint64_t'],
  SSL_CTX_clear_options: ['uint64_t', pointer, 'uint64_t'],
  SSL_CTX_set_num_tickets: ['int', pointer, 'size_t'],
  SSL_CTX_set_ciphersuites: ['int', pointer, pointer],
  SSL_CTX_set_post_handshake_auth: ['void', pointer, 'int'],
  SSL_CTX_set_quiet_shutdown: ['void', pointer, 'int'],
  SSL_CTX_set_verify: ['void', pointer, 'int', pointer],
  SSL_CTX_ctrl: ['long', pointer, 'int', 'long', pointer],
  SSL_CTX_sessions: [pointer, pointer],
  SSL_CTX_use_certificate_ASN1: ['int', pointer, 'int', pointer],
  SSL_CTX_sess_set_new_cb: ['void', pointer, pointer],
  SSL_CTX_sess_set_remove_cb: ['void', pointer, pointer],
  SSL_CTX_sess_set_get_cb: ['void', pointer, pointer],
  SSL_new: [pointer, pointer],
  SSL_up_ref: ['int', pointer],
  SSL_free: ['void', pointer],
  SSL_clear: ['int', pointer],
  SSL_dup: [pointer, pointer],
  SSL_ctrl: ['long', pointer, 'int', 'long', pointer],
  SSL_set_SSL_CTX: [pointer, pointer, pointer],
  SSL_get_SSL_CTX: [pointer, pointer],
  SSL_set_session: ['int', pointer, pointer],
  SSL_get_session: [pointer, pointer],
  SSL_get1_session: [pointer, pointer],
  SSL_session_reused: ['int', pointer],
  SSL_copy_session_id: ['int', pointer, pointer],
  SSL_set_session_id_context: ['int', pointer, pointer, 'uint'],
  SSL_set_connect_state: ['void', pointer],
  SSL_set_accept_state: ['void', pointer],
  SSL_set_options: ['uint64_t', pointer, 'uint64_t'],
  SSL_set_post_handshake_auth: ['void', pointer, 'int'],
  SSL_verify_client_post_handshake: ['int', pointer],
  SSL_set_quiet_shutdown: ['void', pointer, 'int'],
  SSL_set_shutdown: ['void', pointer, 'int'],
  SSL_get_shutdown: ['int', pointer],
  SSL_shutdown: ['int', pointer],
  SSL_do_handshake: ['int', pointer],
  SSL_write: ['int', pointer, pointer, 'int'],
  SSL_read: ['int', pointer, pointer, 'int'],
  SSL_get_error: ['int', pointer, 'int'],
  SSL_renegotiate: ['int', pointer],
  SSL_key_update: ['int', pointer, 'int'],
  SSL_new_session_ticket: ['int', pointer],
  SSL_set_num_tickets: ['int', pointer, 'size_t'],
  SSL_get_num_tickets: ['size_t', pointer],
  SSL_is_init_finished: ['int', pointer],
  SSL_in_before: ['int', pointer],
  SSL_version: ['int', pointer],
  SSL_get_version: ['str', pointer],
  SSL_state_string: ['str', pointer],
  SSL_set_bio: ['void', pointer, pointer, pointer],
  SSL_set0_rbio: ['void', pointer, pointer],
  SSL_set0_wbio: ['void', pointer, pointer],
  SSL_get_rbio: [pointer, pointer],
  SSL_get_wbio: [pointer, pointer],
  SSL_SESSION_new: [pointer],
  SSL_SESSION_up_ref: ['int', pointer],
  SSL_SESSION_free: ['void', pointer],
  SSL_SESSION_dup: [pointer, pointer],
  SSL_SESSION_get_id: [pointer, pointer, pointer],
  SSL_SESSION_set1_id: ['int', pointer, pointer, 'uint'],
  SSL_SESSION_get0_id_context: [pointer, pointer, pointer],
  SSL_SESSION_set1_id_context: ['int', pointer, pointer, 'uint'],
  SSL_SESSION_get_time: ['long', pointer],
  SSL_SESSION_set_time: ['long', pointer, 'long'],
  SSL_SESSION_get_timeout: ['long', pointer],
  SSL_SESSION_set_timeout: ['long', pointer, 'long'],
  SSL_SESSION_is_resumable: ['int', pointer],
  SSL_SESSION_has_ticket: ['int', pointer],
  SSL_SESSION_get_ticket_lifetime_hint: ['ulong', pointer],
  SSL_SESSION_get0_hostname: ['str', pointer],
  SSL_SESSION_set1_hostname: ['int', pointer, 'str'],
  SSL_SESSION_get_protocol_version: ['int', pointer],
  SSL_SESSION_set_protocol_version: ['int', pointer, 'int'],
  SSL_SESSION_set1_master_key: ['int', pointer, ...bytes],
  SSL_SESSION_get_max_early_data: ['uint32_t', pointer],
  SSL_SESSION_set_max_early_data: ['int', pointer, 'uint32_t'],
  i2d_SSL_SESSION: ['int', pointer, pointer],
  d2i_SSL_SESSION: [pointer, pointer, pointer, 'long'],
  BIO_s_mem: [pointer],
  BIO_s_null: [pointer],
  BIO_new: [pointer, pointer],
  BIO_new_fd: [pointer, 'int', 'int'],
  BIO_up_ref: ['int', pointer],
  BIO_ctrl: ['long', pointer, 'int', 'long', pointer],
  BIO_read: ['int', pointer, pointer, 'int'],
  BIO_write: ['int', pointer, pointer, 'int'],
  SSL_CTX_callback_ctrl: ['long', pointer, 'int', pointer],
  SSL_CTX_set_not_resumable_session_callback: ['void', pointer, pointer],
  SSL_set_not_resumable_session_callback: ['void', pointer, pointer],
  SSL_CTX_set_generate_session_id: ['int', pointer, pointer],
  SSL_set_generate_session_id: ['int', pointer, pointer],
  SSL_CTX_set_session_ticket_cb: ['int', pointer, pointer, pointer, pointer],
  SSL_get_servername: ['str', pointer, 'int'],
  X509_STORE_CTX_get_ex_data: [pointer, pointer, 'int'],
  X509_STORE_CTX_get_error: ['int', pointer],
  X509_STORE_CTX_get_error_depth: ['int', pointer],
  SSL_get_ex_data_X509_STORE_CTX_idx: ['int'],
  SSL_get_verify_mode: ['int', pointer],
  SSL_CTX_set_info_callback: ['void', pointer, pointer],
  SSL_set_info_callback: ['void', pointer, pointer],
  BIO_set_callback_ex: ['void', pointer, pointer],
  SSL_get_servername_type: ['int', pointer],
  RAND_bytes: ['int', pointer, 'int'],
  EVP_aes_256_cbc: [pointer],
  EVP_sha256: [pointer],
  EVP_EncryptInit_ex: ['int', pointer, pointer, pointer, pointer, pointer],
  EVP_DecryptInit_ex: ['int', pointer, pointer, pointer, pointer, pointer],
  HMAC_Init_ex: ['int', pointer, pointer, 'int', pointer, pointer],
  ERR_get_error: ['ulong'],
  /** 1.1.1 has the one, 3.x has the two. */
  ERR_put_error: ['void', 'int', 'int', 'int', pointer, 'int'],
  ERR_new: ['void'],
  ERR_set_error: ['void', 'int', 'int', pointer],
  ERR_clear_error: ['void'],
  ERR_reason_error_string: ['str', 'ulong'],
  OPENSSL_LH_doall: ['void', pointer, pointer],
  OPENSSL_LH_retrieve: [pointer, pointer, pointer],
  CRYPTO_get_ex_new_index: ['int', 'int', 'long', pointer, pointer, pointer, pointer],
  OpenSSL_version: ['str', 'int'],
  alarm: ['uint', 'uint'],
  mmap: [pointer, pointer, 'size_t', 'int', 'int', 'int', 'long'],
};

/** Without these nothing can be made, counted or seen: every OpenSSL since 1.1.1 has them, its relatives do not. */
const needed: readonly string[] = [
  'OpenSSL_version',
  'SSL_CTX_new',
  'SSL_CTX_up_ref',
  'SSL_CTX_ctrl',
  'SSL_CTX_sessions',
  'SSL_new',
  'SSL_up_ref',
  'SSL_ctrl',
  'SSL_state_string',
  'SSL_SESSION_new',
  'SSL_SESSION_up_ref',
  'SSL_SESSION_dup',
  'SSL_set0_rbio',
  'BIO_s_null',
  'CRYPTO_get_ex_new_index',
  'OPENSSL_LH_doall',
  'OPENSSL_LH_retrieve',
  'ERR_reason_error_string',
];

type CallbackKind =
  | Exclude<CallbackName, TransportPoint>
  | 'exData'
  | 'doall'
  | 'exDataCopy'
  | 'bioWrite'
  | 'bioRead'
  | 'bioControl'
  | 'bioPoint'
  | 'virtualHost'
  | 'alpnSelect'
  | WorldCallback;

/** Signatures of the callbacks that libssl makes. */
const callbackSignatures: Readonly<Record<CallbackKind, readonly [result: string, ...args: string[]]>> = {
  new: ['int', pointer, pointer],
  remove: ['void', pointer, pointer],
  get: [pointer, pointer, pointer, 'int', pointer],
  servername: ['int', pointer, pointer, pointer],
  'ticket-key': ['int', pointer, pointer, pointer, pointer, pointer, 'int'],
  'ticket-generate': ['int', pointer, pointer],
  'ticket-decrypt': ['int', pointer, pointer, pointer, 'size_t', 'int', pointer],
  'generate-id': ['int', pointer, pointer, pointer],
  'not-resumable': ['int', pointer, 'int'],
  verify: ['int', 'int', pointer],
  info: ['void', pointer, 'int', 'int'],
  /** CRYPTO_EX_new, CRYPTO_EX_free. */
  exData: ['void', pointer, pointer, pointer, 'int', 'long', pointer],
  /** CRYPTO_EX_dup. */
  exDataCopy: ['int', pointer, pointer, pointer, 'int', 'long', pointer],
  /** OPENSSL_LH_DOALL_FUNC. */
  doall: ['void', pointer],
  virtualHost: ['int', pointer, pointer, pointer],
  alpnSelect: ['int', pointer, pointer, pointer, pointer, 'uint', pointer],
  bioWrite: ['int', pointer, pointer, 'int'],
  bioRead: ['int', pointer, pointer, 'int'],
  bioControl: ['long', pointer, 'int', 'long', pointer],
  /** BIO_callback_fn_ex. */
  bioPoint: ['long', pointer, 'int', pointer, 'size_t', 'int', 'long', 'int', pointer],
  ...worldCallbacks,
};

/** One loaded libssl. Functions are looked up when first called: a line need not have them all. */
export class Library {
  readonly #handle: LibraryHandle;
  readonly #functions = new Map<string, ForeignFunction>();
  readonly #spare = new Map<CallbackKind, { readonly made: Pointer; readonly target: CallbackTarget }[]>();

  /** @param path - a shared libssl, or null for the one inside this node binary */
  constructor(path: string | null) {
    const preloaded = koffi.load(null);
    this.#handle = path === null ? preloaded : koffi.load(path, { deep: true });
    this.clock = preloadedClock(preloaded);
    this.memory = preloadedMemory(preloaded, path);
  }

  /** The clock of the whole process, where it was preloaded. */
  readonly clock: PreloadedClock | undefined;

  /** The memory of this libssl (tools/memory.c), where that was preloaded and libcrypto takes it. */
  readonly memory: PreloadedMemory | undefined;

  /** Functions that it has not got, and without which it cannot be asked anything. */
  get lacks(): readonly string[] {
    return needed.filter((name) => {
      try {
        this.#function(name);
        return false;
      } catch {
        return true;
      }
    });
  }

  /** Whether ERR_GET_LIB takes bits 24 to 31, as before 3.0, and not 23 to 30. */
  get errorsAreOld(): boolean {
    return /^OpenSSL 1\./.test(this.text('OpenSSL_version', 0));
  }

  call(name: string, ...args: readonly ForeignValue[]): number | bigint | string | null | undefined {
    const made = this.#functions.get(name) ?? this.#function(name);
    return made(...args);
  }

  #function(name: string): ForeignFunction {
    const signature = signatures[name] ?? fieldSignatures[name] ?? worldFunctions[name];
    if (signature === undefined) throw new Error(`no signature for ${name}`);
    const [result, ...types] = signature;
    const made = this.#handle.func(name, result, types) as ForeignFunction;
    this.#functions.set(name, made);
    return made;
  }

  /** Calls a function that returns an integer. */
  integer(name: string, ...args: readonly ForeignValue[]): number {
    return Number(this.call(name, ...args));
  }

  /** Calls a function that returns a pointer. */
  pointer(name: string, ...args: readonly ForeignValue[]): Pointer | null {
    const value = this.call(name, ...args);
    return typeof value === 'bigint' && value !== 0n ? value : null;
  }

  /** Calls a function that returns a string. */
  text(name: string, ...args: readonly ForeignValue[]): string {
    return String(this.call(name, ...args));
  }

  /** Makes a C function of `run`, for as long as the process lives, or until `forget`. */
  callback(kind: CallbackKind, run: (...args: never[]) => unknown): Pointer {
    const { made, target } = this.#spare.get(kind)?.pop() ?? this.#registered(kind);
    target.run = run;
    return made;
  }

  /**
   * Has C functions at hand for `count` more callbacks of a kind. To be called outside of callbacks: what koffi registers while libssl calls back
   * takes that call's stack for its own, and finds it exhausted ever after.
   */
  keepAtHand(kind: CallbackKind, count: number): void {
    const spare = this.#spare.get(kind) ?? [];
    this.#spare.set(kind, spare);
    while (spare.length < count) spare.push(this.#registered(kind));
  }

  #registered(kind: CallbackKind): { readonly made: Pointer; readonly target: CallbackTarget } {
    const [result, ...types] = callbackSignatures[kind];
    const target: CallbackTarget = { run: () => undefined };
    const run = (...args: never[]): unknown => target.run(...args);
    return { made: koffi.register(run, koffi.pointer(koffi.proto(result, [...types]))), target };
  }

  /** Nobody calls that function any more. */
  forget(made: Pointer): void {
    koffi.unregister(made);
  }
}

/** What a C function that was made ahead of time calls. */
interface CallbackTarget {
  run: (...args: never[]) => unknown;
}

/** The 32-bit integer at an address. */
export function readInt32(address: Pointer): number {
  return koffi.decode.int32(address);
}

export function readInt64(address: Pointer): bigint {
  return BigInt(koffi.decode(address, 'int64_t') as number | bigint);
}

export function writePointer(address: Pointer, value: Pointer): void {
  koffi.encode(address, 'uint64_t', value);
}

export function writeUint8(address: Pointer, value: number): void {
  koffi.encode(address, 'uint8_t', value);
}

export function writeInt32(address: Pointer, value: number): void {
  koffi.encode(address, 'int32_t', value);
}

/** A copy of the bytes at an address. */
export function readBytes(address: Pointer, length: number): Uint8Array {
  return length === 0 ? new Uint8Array() : Uint8Array.from(koffi.decode(address, 'uint8_t', length) as Uint8Array);
}

/** The integers of 32 bits at an address, as they are and as they become. */
export function integersAt(address: Pointer, count: number): Int32Array {
  return new Int32Array(koffi.view(address, 4 * count));
}

export function flipLowestBit(address: Pointer): void {
  koffi.encode(address, 'uint8_t', koffi.decode.uint8(address) ^ 1);
}

/** C memory for as long as the process lives. */
export function allocate(length: number): Pointer {
  return koffi.alloc('uint8_t', length) as Pointer;
}

export function writeBytes(address: Pointer, bytes: Uint8Array): void {
  if (bytes.length > 0) koffi.encode(address, 'uint8_t', bytes, bytes.length);
}

/** Runs `use` with C memory that holds `bytes`, and gives it back. */
export function withMemory<T>(bytes: Uint8Array, use: (memory: Pointer) => T): T {
  const memory = allocate(Math.max(bytes.length, 1));
  try {
    writeBytes(memory, bytes);
    return use(memory);
  } finally {
    koffi.free(memory);
  }
}
