/**
 * Where boxes and edges are put: contexts above over the whole width, under them connections on the left and sessions on the right. Edges of
 * connections to their context run in the left margin, those of caches to their sessions in the right one.
 */
import { codeOf } from '../data/decode.js';
import { cacheOf, type Thing } from '../data/objects.js';
import type { Run } from '../data/run.js';

export interface Box {
  readonly thing: Thing;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

export interface Edge {
  readonly key: string;
  readonly kind: 'to-context' | 'to-session' | 'cached' | 'pin';
  readonly path: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** What the event did to it. */
  readonly changed: '' | 'taken' | 'given-back';
}

const marginPx = 34;
const betweenPx = 36;
const gapPx = 20;
const headPx = 28;
const linePx = 17;
/** Characters of 11.5 px text in one pixel, about. */
const characterPx = 6.6;

interface Layout {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly heightPx: number;
}

export function laidOut(
  run: Run,
  things: readonly Thing[],
  living: ReadonlyMap<number, Thing>,
  event: number,
  width: number,
): Layout {
  const boxes = new Map<number, Box>();
  const inner = width - 2 * marginPx;
  const column = (inner - betweenPx) / 2;
  let top = 14;
  const put = (thing: Thing, x: number, y: number, wide: number): number => {
    const lines = linesOf(thing);
    const height = heightOf(thing, living, lines, wide);
    boxes.set(thing.key, { thing, x, y, width: wide, height, lines });
    return height + gapPx;
  };
  const contexts = things.filter(({ type }) => type === 'ctx');
  for (const ctx of contexts) top += put(ctx, marginPx, top, inner);
  top += contexts.length > 0 ? 8 : 0;
  let [left, right] = [top, top];
  for (const one of things) {
    if (one.type === 'ssl') left += put(one, marginPx, left, column);
    else if (one.type === 'session') right += put(one, marginPx + column + betweenPx, right, column);
  }
  const all = [...boxes.values()];
  return { boxes: all, edges: edgesOf(run, all, event, width), heightPx: Math.max(left, right, 40) };
}

function linesOf({ type, fields }: Thing): readonly string[] {
  const of = (name: string): string => fields.get(name) ?? '';
  if (fields.size === 0) return [];
  switch (type) {
    case 'ctx':
      return [`cache ${of('cache mode')}, ${of('cached')} of ${of('cache size')}`, of('statistics')];
    case 'ssl':
      return [
        of('side') === '–' ? of('state') : `${of('side')}, ${of('state')}`,
        `${of('version')}${of('resumed') === 'yes' ? ', resumed' : ''}`,
        of('cipher'),
        ...(of('shutdown') === '–' ? [] : [`shutdown ${of('shutdown')}`]),
      ].filter((line) => line !== '' && line !== '–');
    default:
      return [
        of('version'),
        ...(of('id') === '–' ? [] : [`id ${of('id')}`]),
        ...(of('ticket') === '–' ? [] : [`ticket ${of('ticket')}`]),
        of('not_resumable') === 'set'
          ? 'not_resumable is set'
          : of('resumable') === 'yes'
            ? 'resumable'
            : 'not resumable yet',
      ].filter((line) => line !== '–');
  }
}

function heightOf(thing: Thing, living: ReadonlyMap<number, Thing>, lines: readonly string[], width: number): number {
  const rowsOf = (words: readonly number[]): number => {
    let [rows, used] = [1, 0];
    for (const length of words) {
      const px = length * characterPx + 16;
      if (used + px > width - 16 && used > 0) [rows, used] = [rows + 1, 0];
      used += px;
    }
    return rows;
  };
  const held = rowsOf(thing.held.map(({ holder }) => holder.length));
  const { ids, seen } = cacheOf(thing, living);
  const cached = thing.type === 'ctx' ? ids : [];
  const cache = cached.length === 0 ? 0 : rowsOf([seen ? 7 : 20, ...cached.map(() => 8)]);
  const long = lines.reduce(
    (sum, line) => sum + Math.max(0, Math.ceil((line.length * characterPx) / (width - 18)) - 1),
    0,
  );
  return headPx + (lines.length + long) * linePx + cache * 20 + held * 21 + 12;
}

function edgesOf(run: Run, boxes: readonly Box[], event: number, width: number): readonly Edge[] {
  const byName = new Map(boxes.map((box) => [`${box.thing.type}#${box.thing.id}`, box]));
  const edges: Edge[] = [];
  for (const box of boxes) {
    const { thing } = box;
    const times = new Map<string, number>();
    for (const { holder } of thing.held) times.set(holder, (times.get(holder) ?? 0) + 1);
    const moved = movedAt(run, thing, event);
    if (moved !== undefined && !times.has(moved.holder)) times.set(moved.holder, 0);
    for (const [holder, count] of times) {
      const isCache = holder.startsWith('cache of ');
      const from = byName.get(isCache ? holder.slice('cache of '.length) : holder);
      if (from === undefined && holder.includes('#')) continue;
      const changed = moved?.holder === holder ? (moved.taken ? 'taken' : 'given-back') : '';
      const label =
        `${count > 1 ? `×${count}` : ''}${changed === '' ? '' : changed === 'taken' ? ' +1' : ' −1'}`.trim();
      const key = `${thing.key} ${holder}`;
      edges.push({
        key,
        label,
        changed,
        ...(from === undefined ? pinned(box, edges.length) : drawn(from, box, isCache, width)),
      });
    }
  }
  return edges;
}

function movedAt(
  run: Run,
  thing: Thing,
  event: number,
): { readonly holder: string; readonly taken: boolean } | undefined {
  if (run.kind[event] !== codeOf.count || run.a[event] !== thing.id || run.process[event] !== thing.process)
    return undefined;
  return { holder: run.strings[run.d[event] ?? 0] ?? '', taken: run.taken[event] === 1 };
}

/** From the holder to what it holds. */
function drawn(from: Box, to: Box, isCache: boolean, width: number): Pick<Edge, 'kind' | 'path' | 'x' | 'y'> {
  if (isCache) {
    const out = width - marginPx + 8 + lineOf(from.thing.id) * 4;
    const [x, y1, y2] = [to.x + to.width, from.y + from.height / 2, to.y + 16];
    return { kind: 'cached', path: corner(x, y1, y2, out), x: out + 3, y: (y1 + y2) / 2 };
  }
  if (to.thing.type === 'ctx') {
    const out = marginPx - 8 - lineOf(to.thing.id) * 4;
    const [y1, y2] = [from.y + 16, to.y + to.height / 2];
    return { kind: 'to-context', path: corner(marginPx, y1, y2, out), x: out - 3, y: (y1 + y2) / 2 };
  }
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + 16];
  const middle = (x1 + x2) / 2;
  const path = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - 5} ${y2}M${x2 - 9} ${y2 - 4}L${x2 - 3} ${y2}L${x2 - 9} ${y2 + 4}`;
  return { kind: 'to-session', path, x: middle - 8, y: (y1 + y2) / 2 - 5 };
}

/** Who is no object (the program, a callback) holds from above. */
function pinned(to: Box, nth: number): Pick<Edge, 'kind' | 'path' | 'x' | 'y'> {
  const x = to.x + to.width - 46 - (nth % 3) * 12;
  return {
    kind: 'pin',
    path: `M${x} ${to.y}V${to.y - 8}m-2.5 -1a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`,
    x: x + 6,
    y: to.y - 3,
  };
}

/** Several contexts have lines of their own. */
function lineOf(id: number): number {
  return (id - 1) % 4;
}

/** Out to a margin, along it, and back in, with a head at the end. */
function corner(x: number, y1: number, y2: number, out: number): string {
  const away = out > x ? 1 : -1;
  return `M${x} ${y1}H${out}V${y2}H${x + 4 * away}M${x + 8 * away} ${y2 - 4}L${x + 2 * away} ${y2}L${x + 8 * away} ${y2 + 4}`;
}
