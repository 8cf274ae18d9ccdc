// Programs whose cache holds more than two thousand sessions: so many that the branches of its list are halved, too. Then some of all over
// go, whole blocks among them, others come, and what is left tells in which order they stood. And some of hundreds: all go and others come,
// or their times change where they stand.
import { Randomness } from '../../dist/sim/kernel/index.js';

const sessions = 2150;
const kinds = ['descending', 'emptied', 'timely'];

/** @param seed also says the kind */
export function longListProgram(seed, profile) {
  const steps = new LongList(kinds[seed % kinds.length], `long list ${seed}`).steps();
  return { format: 'simtls-program/1', name: `long list ${seed}`, profile, steps };
}

class LongList {
  #kind;
  #random;
  #steps = [];
  #cached = [];

  constructor(kind, seed) {
    this.#kind = kind;
    this.#random = new Randomness(seed).stream('long list');
  }

  steps() {
    const random = this.#random;
    this.#call('SSL_CTX_new', ['TLS_server_method'], 'ctx');
    this.#call('SSL_CTX_sess_set_cache_size', ['$ctx', 0]);
    if (this.#kind === 'timely') {
      // 3.5 gives a session that is added again the time of now, and leaves it where it stands
      this.#call('SSL_CTX_set_session_cache_mode', ['$ctx', 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_UPDATE_TIME']);
      for (let at = 0; at < 200; at += 1) this.#add(at, -3000 + random.int(6000));
      for (let times = 0; times < 60; times += 1) {
        this.#call('SSL_CTX_add_session', ['$ctx', `$s${random.pick(this.#cached)}`]);
        this.#add(1000 + times, random.int(6000) - 3000);
      }
    } else if (this.#kind === 'emptied') {
      for (let at = 0; at < 200; at += 1) this.#add(at, random.int(6000) - 3000);
      this.#call('SSL_CTX_flush_sessions', ['$ctx', 0]);
      this.#cached.length = 0;
      for (let at = 200; at < 350; at += 1) this.#add(at, random.int(6000) - 3000);
    } else {
      for (let at = 0; at < sessions; at += 1) this.#add(at, -at * 60 + (at % 67 === 0 ? random.int(40_000) : 0));
      // the first and the last blocks go whole, others in part
      const gone = (at) => at < 150 || at > sessions - 150 || random.int(40) === 0 || (at > 900 && at < 1100);
      for (const at of this.#cached.filter(gone)) this.#remove(at);
      for (let at = sessions; at < sessions + 250; at += 1) this.#add(at, -random.int(sessions * 60));
    }
    // of those whose time has come down some stand far in front, and later ones in front of them
    this.#call('SSL_CTX_sess_set_cache_size', ['$ctx', this.#cached.length >> (this.#kind === 'timely' ? 2 : 1)]);
    this.#add(9999, 0);
    return this.#steps;
  }

  #add(at, seconds) {
    this.#call('SSL_SESSION_new', [], `s${at}`);
    const id = Math.imul(at, 0x9e3779b1) >>> 0; // another for each
    this.#call('SSL_SESSION_set1_id', [`$s${at}`, { hex: id.toString(16).padStart(8, '0') }]);
    this.#call('SSL_SESSION_set_time', [`$s${at}`, { now: seconds }]);
    this.#call('SSL_CTX_add_session', ['$ctx', `$s${at}`]);
    this.#call('SSL_SESSION_free', [`$s${at}`]);
    this.#cached.push(at);
  }

  #remove(at) {
    this.#call('SSL_CTX_remove_session', ['$ctx', `$s${at}`]);
    this.#cached.splice(this.#cached.indexOf(at), 1);
  }

  #call(call, args, name) {
    this.#steps.push({ ...(name === undefined ? {} : { let: name }), call, args });
  }
}
