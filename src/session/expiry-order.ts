/**
 * An index over the cache's list (3.x), which finds in logarithmic time what SSL_SESSION_list_add walks for: the first entry
 * that expires no later. It stores no order of its own by expiry: it is a tree over the list's positions in which each node
 * knows the soonest expiry below it. So it answers as the walk would also where the list is out of order, as 3.5 leaves it
 * when SSL_SESS_CACHE_UPDATE_TIME changes the time of an entry that stays where it is.
 *
 * The tree is a treap, with priorities mixed from the sessions' numbers: nothing random, and balanced all the same.
 */
import { assert } from './assert.js';
import type { Session } from './session.js';
import { compareExpiry, type Expiry } from './time.js';

/** A listed session's node; its left subtree stands before it in the list, its right subtree behind it. */
export interface Place {
  readonly session: Session;
  readonly priority: number;
  /** The least expiry of this node and all below it. */
  soonest: Expiry;
  parent: Place | undefined;
  left: Place | undefined;
  right: Place | undefined;
}

export class ExpiryOrder {
  #root: Place | undefined;

  /** The first in the list that expires at `expiry` or before it; undefined: none does. */
  firstNoLaterThan(expiry: Expiry): Session | undefined {
    let node = this.#root;
    if (node === undefined || compareExpiry(node.soonest, expiry) > 0) return undefined;
    for (;;) {
      if (node.left !== undefined && compareExpiry(node.left.soonest, expiry) <= 0) node = node.left;
      else if (compareExpiry(node.session.expiry, expiry) <= 0) return node.session;
      else if (node.right !== undefined) node = node.right;
      else break;
    }
    assert(false, 'what is soonest below a node is the node or below it');
    return undefined;
  }

  /** A session was put between two neighbours of the list; undefined: it is at that end. */
  add(
    session: Session,
    neighbours: { readonly after: Session | undefined; readonly before: Session | undefined },
  ): void {
    const node: Place = {
      session,
      priority: mixed(session.id),
      soonest: session.expiry,
      parent: undefined,
      left: undefined,
      right: undefined,
    };
    session.place = node;
    const before = neighbours.before?.place;
    const after = neighbours.after?.place;
    if (before !== undefined && before.left === undefined) {
      before.left = node;
      node.parent = before;
    } else if (after !== undefined) {
      assert(after.right === undefined, 'of two neighbours one is below the other, with room on the side of the other');
      after.right = node;
      node.parent = after;
    } else {
      this.#root = node;
    }
    settle(node.parent);
    while (node.parent !== undefined && node.priority > node.parent.priority) this.#raise(node);
  }

  /** A session leaves the list. */
  delete(session: Session): void {
    const node = session.place;
    if (node === undefined) return;
    session.place = undefined;
    while (node.left !== undefined && node.right !== undefined) {
      this.#raise(node.left.priority > node.right.priority ? node.left : node.right);
    }
    this.#replace(node, node.left ?? node.right);
    settle(node.parent);
  }

  /** A session's expiry is another now; it stays where it is. */
  changed(session: Session): void {
    settle(session.place);
  }

  /** Turns a node and its parent round, so that the node is above; the order stays. */
  #raise(node: Place): void {
    const { parent } = node;
    assert(parent !== undefined, 'what is raised has a parent');
    this.#replace(parent, node);
    const isLeft = parent.left === node;
    const moved = isLeft ? node.right : node.left;
    if (isLeft) {
      parent.left = moved;
      node.right = parent;
    } else {
      parent.right = moved;
      node.left = parent;
    }
    if (moved !== undefined) moved.parent = parent;
    parent.parent = node;
    node.soonest = parent.soonest;
    parent.soonest = soonestOf(parent);
  }

  /** Puts `next` where `node` hung; what is below `node` stays with it. */
  #replace(node: Place, next: Place | undefined): void {
    const { parent } = node;
    if (next !== undefined) next.parent = parent;
    if (parent === undefined) this.#root = next;
    else if (parent.left === node) parent.left = next;
    else parent.right = next;
  }
}

/** From a node upwards, until nothing changes. */
function settle(from: Place | undefined): void {
  for (let node = from; node !== undefined; node = node.parent) {
    const soonest = soonestOf(node);
    if (compareExpiry(node.soonest, soonest) === 0) return;
    node.soonest = soonest;
  }
}

function soonestOf({ session, left, right }: Place): Expiry {
  let soonest = session.expiry;
  if (left !== undefined && compareExpiry(left.soonest, soonest) < 0) soonest = left.soonest;
  if (right !== undefined && compareExpiry(right.soonest, soonest) < 0) soonest = right.soonest;
  return soonest;
}

/** A number spread over 32 bits (the finalizer of MurmurHash3). */
function mixed(number: number): number {
  let h = number;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
