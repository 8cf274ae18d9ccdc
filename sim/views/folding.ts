/** A list of lines in which what repeats is folded into loops as it grows, up to a length. */

export interface Line {
  readonly text: string;
  /** What it comes to without the numbers that differ from one time to the next: lines that are alike may be folded. */
  readonly like: string;
  /** Something begins with it: lines fold from it on. */
  readonly begins?: boolean;
}

interface Loop {
  times: number;
  body: readonly Node[];
  like: string;
}
type Node = Line | Loop;

/** Lines that may repeat together. */
const periodMax = 24;

export class Folding {
  readonly #nodes: Node[] = [];
  readonly #max: number;
  #leftOut = 0;

  /** @param max - nodes at most: what comes later is counted, and not kept */
  constructor(max: number) {
    this.#max = max;
  }

  /** Lines that were not kept. */
  get leftOut(): number {
    return this.#leftOut;
  }

  add(line: Line): void {
    if (this.#nodes.length >= this.#max) {
      this.#leftOut += 1;
      return;
    }
    this.#nodes.push(line);
    while (this.#fold());
  }

  /** All lines, loops as Mermaid writes them. */
  lines(): readonly string[] {
    return this.#nodes.flatMap(written);
  }

  /** Folds what stands at the end twice. @returns whether there was something */
  #fold(): boolean {
    const nodes = this.#nodes;
    for (let period = 1; period <= periodMax && period < nodes.length; period += 1) {
      const last = nodes.slice(-period);
      if (last.some(begins) && !last.slice(0, 1).some(begins)) continue;
      const before = nodes[nodes.length - period - 1];
      if (before !== undefined && 'body' in before && alike(before.body, last)) {
        nodes.length -= period;
        before.times += 1;
        before.body = before.body.map((node, i) => merged(node, last[i]));
        before.like = likeOf(before);
        return true;
      }
      if (2 * period > nodes.length || !alike(nodes.slice(-2 * period, -period), last)) continue;
      const body = nodes.slice(-2 * period, -period).map((node, i) => merged(node, last[i]));
      nodes.length -= 2 * period;
      const loop: Loop = { times: 2, body, like: '' };
      loop.like = likeOf(loop);
      nodes.push(loop);
      return true;
    }
    return false;
  }
}

function begins(node: Node): boolean {
  return 'body' in node ? node.body.some(begins) : node.begins === true;
}

function alike(a: readonly Node[], b: readonly Node[]): boolean {
  return a.length === b.length && a.every(({ like }, i) => like === b[i]?.like);
}

/** Where two that are alike differ in their numbers, these are left out. */
function merged(a: Node, b: Node | undefined): Node {
  return 'body' in a || (b !== undefined && 'text' in b && a.text === b.text) ? a : { ...a, text: a.like };
}

function likeOf({ times, body }: Loop): string {
  return `${times} × (${body.map(({ like }) => like).join('\n')})`;
}

function written(node: Node): readonly string[] {
  if ('text' in node) return [node.text];
  return [`loop ${node.times} times`, ...node.body.flatMap(written).map((line) => `  ${line}`), 'end'];
}
