/**
 * Reference counts and the ledger of claims, for every kind of object. The count moves exactly as libssl moves it; beside it
 * stand the claims: who believes to hold a reference, since which step. Where the two part, somebody took another's.
 */
import type { ObjectKind } from '../events.js';
import { type Claim, Claims } from './claims.js';
import type { Library } from './library.js';

/** Who took the count to zero, and when: what a message about a stale handle says. */
export interface Death {
  readonly holder: string;
  readonly step: string | number;
}

/** The caller used an object after its last reference was gone, or gave back more than there was. */
export class UseAfterFree extends Error {
  override readonly name = 'UseAfterFree';
  readonly object: number;
  readonly type: ObjectKind;
  readonly death: Death;

  constructor(object: Counted) {
    const death = object.death ?? { holder: 'nobody', step: 0 };
    super(
      `${object.label}: expected a live object, got one freed at step ${death.step} by ${death.holder}; ` +
        'take a reference (…_up_ref, SSL_get1_session) for as long as it is used',
    );
    this.object = object.id;
    this.type = object.kind;
    this.death = death;
  }
}

export abstract class Counted {
  abstract readonly kind: ObjectKind;
  readonly library: Library;
  readonly id: number;
  /** The application's ex_data; undefined while none was ever set. */
  exData: number | undefined;
  #count = 0;
  readonly #claims = new Claims();
  #label = '';
  #death: Death | undefined;

  constructor(library: Library) {
    this.library = library;
    this.id = library.mintId();
  }

  /** `ssl#3`: how messages and claims name it. */
  get label(): string {
    if (this.#label === '') this.#label = `${this.kind}#${this.id}`;
    return this.#label;
  }

  get count(): number {
    return this.#count;
  }

  get claims(): readonly Claim[] {
    return this.#claims.all();
  }

  get death(): Death | undefined {
    return this.#death;
  }

  get alive(): boolean {
    return this.#death === undefined;
  }

  /** @throws UseAfterFree when the object is dead */
  use(): this {
    if (this.#death !== undefined) throw new UseAfterFree(this);
    return this;
  }

  /** The first reference, of whoever made the object. */
  protected born(holder: string): void {
    this.library.environment.made?.(this);
    this.library.environment.emit?.({ kind: 'made', object: this.id, type: this.kind });
    this.library.exData.get(this.kind)?.made();
    this.upRef(holder);
  }

  /** Takes a reference for `holder`. */
  upRef(holder: string): this {
    this.use();
    this.#count += 1;
    this.#claims.add({ holder, step: this.library.step });
    this.#tell(holder);
    return this;
  }

  /** Gives a reference back; at zero the object dies. A holder without a claim takes somebody else's reference: it is told. */
  release(holder: string): void {
    this.use();
    this.#count -= 1;
    const hadClaim = this.#claims.drop(holder);
    this.#tell(holder);
    if (!hadClaim) {
      this.library.environment.emit?.({
        kind: 'claims',
        object: this.id,
        type: this.kind,
        count: this.#count,
        claims: this.claims.length,
        holder,
      });
    }
    if (this.#count > 0) return;
    this.died();
    this.#death = { holder, step: this.library.step };
    this.library.environment.emit?.({ kind: 'freed', object: this.id, type: this.kind });
    this.library.exData.get(this.kind)?.freed(this.exData ?? 0);
  }

  /** CRYPTO_dup_ex_data. */
  protected copyExData(from: Counted): void {
    if (from.exData === undefined) return;
    this.exData = from.exData;
    this.library.exData.get(this.kind)?.copied(from.exData);
  }

  /** What the application's ex_data functions are told of a copy that was begun and is freed at once. */
  protected tellOfCopyGivenUp(): void {
    const functions = this.library.exData.get(this.kind);
    functions?.made();
    if (this.exData !== undefined) functions?.copied(this.exData);
    functions?.freed(this.exData ?? 0);
  }

  /** A claim changes hands without the count moving: what a callback keeps becomes the program's. */
  passClaim(from: string, to: string): void {
    this.#claims.pass(from, { holder: to, step: this.library.step });
  }

  /** What goes with the object. */
  protected abstract died(): void;

  #tell(holder: string): void {
    this.library.environment.emit?.({ kind: 'count', object: this.id, type: this.kind, count: this.#count, holder });
  }
}
