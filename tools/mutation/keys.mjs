// Programs on the table of a cache: sessions whose ids differ late or only in length, so that they are in one chain, and of which the
// version, half of the key, changes while they are cached. Others of the same key, or nearly, are then removed or added.
import { Randomness } from '../../dist/sim/kernel/index.js';

const turns = 60;
const versions = [0x303, 0x304];

export function keysProgram(seed, profile) {
  return { format: 'simtls-program/1', name: `keys ${seed}`, profile, steps: new Keys(`keys ${seed}`).steps() };
}

class Keys {
  #random;
  #steps = [];
  #made = 0;
  /** What was added, by name, as it is now. */
  #added = [];

  constructor(seed) {
    this.#random = new Randomness(seed).stream('keys');
  }

  steps() {
    const random = this.#random;
    this.#call('SSL_CTX_new', ['TLS_server_method'], 'ctx');
    this.#call('SSL_CTX_sess_set_cache_size', ['$ctx', random.pick([0, 0, 12])]);
    this.#call('sim_on_remove', ['$ctx']);
    // first without a change of any key: entries are then compared as they were put in
    for (let turn = 0; turn < turns; turn += 1) this.#turn({ changes: turn > turns / 3 });
    this.#call('SSL_CTX_flush_sessions', ['$ctx', 0]);
    return this.#steps;
  }

  #turn({ changes }) {
    const random = this.#random;
    if (this.#added.length < 5 || random.int(3) === 0) {
      this.#add(this.#make({ id: this.#newId(), version: random.pick(versions) }));
      return;
    }
    const one = random.pick(this.#added);
    if (changes && random.int(3) === 0) {
      one.version = random.pick(versions);
      this.#call('SSL_SESSION_set_protocol_version', [`$${one.name}`, one.version]);
    }
    const other = this.#make({
      id: this.#near(one.id),
      version: random.int(4) === 0 ? random.pick(versions) : one.version,
    });
    if (random.int(4) === 0) this.#add(random.int(2) === 0 ? other : one);
    else this.#call('SSL_CTX_remove_session', ['$ctx', `$${random.int(8) === 0 ? one.name : other.name}`]);
  }

  #add(one) {
    this.#call('SSL_CTX_add_session', ['$ctx', `$${one.name}`]);
    if (!this.#added.includes(one)) this.#added.push(one);
  }

  #make({ id, version }) {
    const name = `s${this.#made}`;
    this.#made += 1;
    this.#call('SSL_SESSION_new', [], name);
    this.#call('SSL_SESSION_set1_id', [
      `$${name}`,
      { hex: id.map((byte) => byte.toString(16).padStart(2, '0')).join('') },
    ]);
    this.#call('SSL_SESSION_set_protocol_version', [`$${name}`, version]);
    return { name, id, version };
  }

  #newId() {
    const random = this.#random;
    const length = random.pick([1, 3, 4, 5, 5, 6, 6, 32]);
    return Array.from({ length }, (_, at) => (at < 4 ? (at === 3 ? random.int(2) : 0xa0) : random.int(2)));
  }

  /** The same, or with another byte, or of another length. */
  #near(id) {
    const random = this.#random;
    const at = random.int(id.length);
    return random.pick([
      id,
      id,
      id.with(at, id[at] ^ 1),
      id.with(-1, id.at(-1) ^ 1),
      id.length > 1 ? id.slice(0, -1) : [...id, 0],
      id.length < 32 ? [...id, 0] : id.slice(1),
    ]);
  }

  #call(call, args, name) {
    this.#steps.push({ ...(name === undefined ? {} : { let: name }), call, args });
  }
}
