/** The columns of the hosts with what happened in them: a mark an event, arrows for messages, dashed ones for tickets. */
import { codeOf } from '../data/decode.js';
import { rowAt } from '../data/rows.js';
import { kindAt, type Run } from '../data/run.js';
import { type Words, wordsOf } from '../data/words.js';
import { rowPx } from './scroller.js';

/** From row to row. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly kind: 'message' | 'ticket';
}

/** Arrows by the blocks of rows that they touch. */
export interface Arrows {
  readonly of: ReadonlyMap<number, readonly Arrow[]>;
}

const blockRows = 64;
/** How far dashed lines go on beyond what is in sight: a browser counts all their dashes. A whole number of dashes. */
const beyondPx = 90;
/** Blocks that one arrow is drawn in, at most: of a longer one its ends. */
const blocksMax = 2000;

/** Of one host, in pixels: less where there are many, or there is little room. */
export function laneWidth(hosts: number, room: 'narrow' | 'some' | 'wide'): number {
  if (room === 'narrow') return hosts <= 2 ? 46 : 30;
  if (room === 'some') return hosts <= 2 ? 88 : 60;
  return hosts <= 2 ? 132 : hosts <= 4 ? 92 : 60;
}

export function arrowsOf(run: Run, rows: Int32Array): Arrows {
  const of = new Map<number, Arrow[]>();
  const add = (block: number, arrow: Arrow): void => {
    const known = of.get(block);
    if (known === undefined) of.set(block, [arrow]);
    else known.push(arrow);
  };
  const enter = (arrow: Arrow): void => {
    const first = Math.floor(arrow.from / blockRows);
    const last = Math.floor(arrow.to / blockRows);
    if (last - first > blocksMax) {
      add(first, arrow);
      add(last, arrow);
    } else for (let block = first; block <= last; block += 1) add(block, arrow);
  };
  const { partner } = run;
  const rowOf = new Map<number, number>();
  for (const [row, n] of rows.entries()) {
    const end = partner[n] ?? -1;
    if (end < 0) continue;
    if (end > n) rowOf.set(n, row);
    else {
      const from = rowOf.get(end);
      if (from !== undefined) enter({ from, to: row, kind: 'message' });
      rowOf.delete(end);
    }
  }
  for (const [from, to] of run.tickets) {
    const [a, b] = [rowAt(rows, from), rowAt(rows, to)];
    if (rows[a] === from && rows[b] === to) enter({ from: a, to: b, kind: 'ticket' });
  }
  return { of };
}

interface LanesOptions {
  readonly run: Run;
  readonly rows: Int32Array;
  readonly arrows: Arrows;
  readonly first: number;
  readonly end: number;
  readonly chosen: number;
  /** The width of a column. */
  readonly lane: number;
  /** Of the rows in sight. */
  readonly words: readonly Words[];
}

export function Lanes({ run, rows, arrows, first, end, chosen, lane, words }: LanesOptions) {
  const x = (host: number): number => ((run.laneOf.get(host) ?? 0) + 0.5) * lane;
  const y = (row: number): number => (row - first + 0.5) * rowPx;
  const height = (end - first) * rowPx;
  const found = new Set<Arrow>();
  const passing = new Set<number>();
  for (let block = Math.floor(first / blockRows); block <= Math.floor(end / blockRows); block += 1) {
    for (const arrow of arrows.of.get(block) ?? []) {
      if (arrow.from >= end || arrow.to < first) continue;
      // Tickets that only pass by lie upon each other: one line stands for all of a host.
      const isPassing = arrow.kind === 'ticket' && arrow.from < first && arrow.to >= end;
      const host = run.host[rows[arrow.to] ?? 0] ?? 0;
      if (isPassing && passing.has(host)) continue;
      if (isPassing) passing.add(host);
      found.add(arrow);
    }
  }
  const marks = Array.from({ length: end - first }, (_, i) => first + i);
  return (
    <svg class="lanes" width={lane * run.hosts.length} height={height} aria-hidden="true">
      {run.hosts.map((host) => (
        <line key={host} class="life" x1={x(host)} x2={x(host)} y1={0} y2={height} />
      ))}
      {[...found].map(({ from, to, kind }) => {
        const [a, b] = [rows[from] ?? 0, rows[to] ?? 0];
        const isChosen = a === chosen || b === chosen;
        const path =
          kind === 'message'
            ? straight(x(run.host[a] ?? 0), y(from), x(run.host[b] ?? 0), y(to))
            : bowed(x(run.host[b] ?? 0), Math.max(y(from), -beyondPx), Math.min(y(to), height + beyondPx), lane);
        return (
          <path
            key={`${kind} ${from} ${to}`}
            class={`${kind} ${words[from - first]?.tone ?? toneOf(run, a)} ${isChosen ? 'chosen' : ''}`}
            d={path}
          />
        );
      })}
      {marks.map((row) => (
        <Mark
          key={row}
          run={run}
          n={rows[row] ?? 0}
          tone={words[row - first]?.tone ?? 'quiet'}
          x={x}
          y={y(row)}
          chosen={chosen}
          width={lane * run.hosts.length}
        />
      ))}
    </svg>
  );
}

function toneOf(run: Run, n: number): string {
  return wordsOf(run, n).tone;
}

/** A line with a head at its end. */
function straight(x1: number, y1: number, x2: number, y2: number): string {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const tip = { x: x2 - 5 * Math.cos(angle), y: y2 - 5 * Math.sin(angle) };
  const side = (turn: number): string =>
    `${round(tip.x - 7 * Math.cos(angle + turn))} ${round(tip.y - 7 * Math.sin(angle + turn))}`;
  return `M${x1} ${y1}L${round(tip.x)} ${round(tip.y)}M${side(0.42)}L${round(tip.x)} ${round(tip.y)}L${side(-0.42)}`;
}

/** Beside the lane of the client that keeps the ticket, from its coming to its use. */
function bowed(x: number, y1: number, y2: number, lane: number): string {
  const out = x - Math.min(lane * 0.36, 34);
  return `M${x - 5} ${y1}C${out} ${y1 + 6} ${out} ${y1 + 6} ${out} ${y1 + 20}L${out} ${y2 - 20}C${out} ${y2 - 6} ${out} ${y2 - 6} ${x - 6} ${y2}M${x - 13} ${y2 - 6}L${x - 6} ${y2}L${x - 14} ${y2 + 3}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

interface MarkOptions {
  readonly run: Run;
  readonly n: number;
  readonly tone: Words['tone'];
  readonly x: (host: number) => number;
  readonly y: number;
  readonly chosen: number;
  readonly width: number;
}

function Mark({ run, n, tone, x, y, chosen, width }: MarkOptions) {
  const host = run.host[n] ?? 0;
  const kind = kindAt(run, n);
  const isChosen = n === chosen ? ' chosen' : '';
  if (kind === 'fault' || !run.laneOf.has(host)) {
    return <path class={`mark across ${tone}${isChosen}`} d={`M4 ${y}H${width - 4}`} />;
  }
  const at = x(host);
  if (run.kind[n] === codeOf.process) {
    const ended = tone === 'bad';
    return ended ? (
      <path
        class={`mark cross bad${isChosen}`}
        d={`M${at - 6} ${y - 6}L${at + 6} ${y + 6}M${at + 6} ${y - 6}L${at - 6} ${y + 6}`}
      />
    ) : (
      <rect class={`mark world${isChosen}`} x={at - 5} y={y - 5} width={10} height={10} rx={2} />
    );
  }
  if (kind === 'violation')
    return <path class={`mark ${tone}${isChosen}`} d={`M${at} ${y - 7}L${at + 7} ${y + 6}H${at - 7}Z`} />;
  const isSaid = kind === 'record' || kind === 'message' || kind === 'alert';
  const lost = isSaid && run.bothTell && run.strings[run.b[n] ?? 0] === 'sent' && (run.partner[n] ?? -1) < 0;
  const radius = tone === 'wire' || tone === 'decision' || tone === 'bad' ? 4 : 2.6;
  return <circle class={`mark ${tone}${lost ? ' lost' : ''}${isChosen}`} cx={at} cy={y} r={radius} />;
}
