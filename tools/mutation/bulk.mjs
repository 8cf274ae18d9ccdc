// Programs with more sessions in one cache than people write: so many that its hash grows and shrinks and its list has branches. Only
// what is left at the end is looked at, which says whom it evicted and flushed: a session that is gone is no handle any more.
import { Randomness } from '../../dist/sim/kernel/index.js';

/** How many sessions, how far apart their times are, and what is done beside adding. */
const kinds = [
  { sessions: 90, seconds: 4000, every: 3 },
  { sessions: 90, seconds: 10, every: 2 },
  { sessions: 200, seconds: 100_000, every: 4 },
  { sessions: 200, seconds: 40, every: 6 },
];

/** @param seed also says the kind */
export function bulkProgram(seed, profile) {
  const kind = kinds[seed % kinds.length];
  return { format: 'simtls-program/1', name: `bulk ${seed}`, profile, steps: new Bulk(kind, `bulk ${seed}`).steps() };
}

class Bulk {
  #kind;
  #random;
  #steps = [];
  /** What the cache holds, by the number of its name, with its id. */
  #cached = new Map();
  #ids = new Set();

  constructor(kind, seed) {
    this.#kind = kind;
    this.#random = new Randomness(seed).stream('bulk');
  }

  steps() {
    const { sessions, every } = this.#kind;
    this.#call('SSL_CTX_new', ['TLS_server_method'], 'ctx');
    this.#call('SSL_CTX_sess_set_cache_size', ['$ctx', 0]);
    for (let at = 0; at < sessions; at += 1) {
      this.#add(at);
      if (at % every === 0) this.#change();
    }
    if (this.#random.chance({ oneIn: 2 })) this.#shrink();
    for (let at = sessions; at < sessions + sessions / 3; at += 1) this.#add(at);
    this.#end(sessions * 2);
    return this.#steps;
  }

  #add(at) {
    const id = this.#newId();
    this.#call('SSL_SESSION_new', [], `s${at}`);
    this.#call('SSL_SESSION_set1_id', [`$s${at}`, { hex: id }]);
    this.#setTime(at);
    this.#call('SSL_CTX_add_session', ['$ctx', `$s${at}`]);
    this.#call('SSL_SESSION_free', [`$s${at}`]);
    this.#cached.set(at, id);
  }

  #setTime(at) {
    const { seconds } = this.#kind;
    this.#call('SSL_SESSION_set_time', [`$s${at}`, { now: this.#random.int(2 * seconds) - seconds }]);
  }

  /** Something becomes of one that is there. */
  #change() {
    const at = this.#random.pick([...this.#cached.keys()]);
    this.#random.pick([
      () => this.#setTime(at),
      () => this.#call('SSL_SESSION_set_timeout', [`$s${at}`, this.#random.int(this.#kind.seconds)]),
      () => this.#call('SSL_CTX_add_session', ['$ctx', `$s${at}`]),
      () => this.#remove(at),
    ])();
  }

  #remove(at) {
    this.#call('SSL_CTX_remove_session', ['$ctx', `$s${at}`]);
    this.#cached.delete(at);
  }

  /** Most go, one after the other. */
  #shrink() {
    const order = [...this.#cached.keys()].map((at) => ({ at, rank: this.#random.int(1_000_000) }));
    order.sort((a, b) => a.rank - b.rank);
    for (const { at } of order.slice(Math.ceil(order.length / 5))) this.#remove(at);
  }

  /** What stays then tells in which order they stood. */
  #end(at) {
    const left = this.#cached.size;
    const { seconds } = this.#kind;
    this.#random.pick([
      () => {
        this.#call('SSL_CTX_sess_set_cache_size', ['$ctx', 1 + this.#random.int(left)]);
        this.#add(at);
      },
      () => this.#call('SSL_CTX_flush_sessions', ['$ctx', { now: 7200 + this.#random.int(seconds) - seconds / 2 }]),
    ])();
  }

  /** Some begin with the same four bytes: they are in one chain of the hash. */
  #newId() {
    for (;;) {
      const few = this.#random.int(8) === 0;
      const first = this.#random.int(few ? 4 : 2 ** 31);
      const id = [first, this.#random.int(2 ** 31)].map((word) => word.toString(16).padStart(8, '0')).join('');
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      return this.#random.int(4) === 0 ? id + '5a'.repeat(24) : id;
    }
  }

  #call(call, args, name) {
    this.#steps.push({ ...(name === undefined ? {} : { let: name }), call, args });
  }
}
