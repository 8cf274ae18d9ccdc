/** The objects of a host at the chosen moment: boxes, and references as edges; the one that has just changed is bold. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { codeOf } from '../data/decode.js';
import { goneNamed } from '../data/named.js';
import { cacheOf, type Thing } from '../data/objects.js';
import { type Run, textAt } from '../data/run.js';
import { nameOfHolder, nameOfObject, typeName } from '../data/words.js';
import { type Box, type Edge, laidOut } from './layout.js';
import type { MomentOptions } from './moment.js';
import { px } from './px.js';

/** Objects of a kind that are shown, those near the chosen moment first. */
const shownMax = 10;

export function Objects({ run, moments, event, choose }: MomentOptions) {
  const own = run.process[event] ?? -1;
  const [pinned, pin] = useState<number>();
  const [all, setAll] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  useEffect(() => {
    const watch = new ResizeObserver(() => setWidth(Math.max(300, box.current?.clientWidth ?? 480)));
    if (box.current !== null) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const living = moments.after(event);
  const alive = run.processes.filter(({ from, to }) => from <= event && (to < 0 || to >= event));
  const shown = alive.find(({ number }) => number === pinned) ?? alive.find(({ number }) => number === own) ?? alive[0];
  const things = [...living.values()].filter(({ process }) => process === shown?.number);
  const gone = goneNamed(run, moments.gone, event).filter(({ process }) => process === shown?.number);
  const chosen = [...(all ? things : nearest(run, things, event)), ...gone];
  const { boxes, edges, heightPx } = laidOut(run, chosen, living, event, width);
  return (
    <>
      <p class="hosts-chips">
        {alive.map(({ number, host, run: nth }) => (
          <button
            type="button"
            key={number}
            aria-pressed={number === shown?.number}
            onClick={() => pin(number === pinned ? undefined : number)}
          >
            {textAt(run, host)}
            {nth > 1 ? `/${nth}` : ''}
          </button>
        ))}
        {pinned !== undefined && <span class="more">stays while you step; press again to follow the event</span>}
      </p>
      <div ref={box} class="graph" style={{ height: px(heightPx) }}>
        <svg width={width} height={heightPx} aria-hidden="true">
          {edges.map((edge) => (
            <EdgeView key={edge.key} edge={edge} />
          ))}
        </svg>
        {boxes.map((one) => (
          <BoxView key={one.thing.key} run={run} box={one} event={event} living={living} choose={choose} />
        ))}
      </div>
      {chosen.length === 0 && <p class="none">Nothing lives in this process at this moment.</p>}
      {things.length + gone.length > chosen.length && (
        <button type="button" class="more-button" onClick={() => setAll(true)}>
          {things.length + gone.length - chosen.length} more objects live here
        </button>
      )}
    </>
  );
}

/** Those that moved last, and contexts before all: what lies around the chosen moment. */
function nearest(run: Run, things: readonly Thing[], event: number): readonly Thing[] {
  const touched = new Map<number, number>();
  const process = run.process[event] ?? -1;
  for (let n = event; n >= 0 && n > event - 600; n -= 1) {
    if (run.process[n] !== process) continue;
    const isOfObject = run.kind[n] === codeOf.count || run.kind[n] === codeOf.made;
    const id = run.a[n] ?? 0;
    const isOfConnection =
      run.kind[n] === codeOf.record || run.kind[n] === codeOf.message || run.kind[n] === codeOf.decision;
    if ((isOfObject || isOfConnection) && !touched.has(id)) touched.set(id, touched.size);
  }
  const rank = ({ id }: Thing): number => touched.get(id) ?? 10_000 + id;
  return ['ctx', 'ssl', 'session'].flatMap((type) =>
    things
      .filter((thing) => thing.type === type)
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, shownMax)
      .sort((a, b) => a.id - b.id),
  );
}

function EdgeView({ edge }: { readonly edge: Edge }) {
  return (
    <g class={`edge ${edge.kind} ${edge.changed}`}>
      <path d={edge.path} />
      {edge.label !== '' && (
        <text x={edge.x} y={edge.y}>
          {edge.label}
        </text>
      )}
    </g>
  );
}

interface BoxOptions {
  readonly run: Run;
  readonly box: Box;
  readonly event: number;
  readonly living: ReadonlyMap<number, Thing>;
  readonly choose: (event: number) => void;
}

function BoxView({ run, box, event, living, choose }: BoxOptions) {
  const { thing, x, y, width, height, lines } = box;
  const isChanged = run.a[event] === thing.id && run.process[event] === thing.process && isMove(run.kind[event] ?? -1);
  const isGone = thing.freed >= 0;
  const cache = thing.type === 'ctx' ? cacheOf(thing, living) : undefined;
  return (
    <section
      class={`box ${thing.type} ${isChanged ? 'changed' : ''} ${isGone ? 'gone' : ''}`}
      style={{ left: px(x), top: px(y), width: px(width), height: px(height) }}
      aria-label={`${typeName(thing.type)} ${nameOfObject(run, thing.process, thing.id, thing.type)}, ${isGone ? 'freed' : `count ${thing.count}`}`}
    >
      <h2>
        <span>{nameOfObject(run, thing.process, thing.id, thing.type)}</span>
        <small>{typeName(thing.type)}</small>
        <span class="refs" title="reference count">
          {thing.count}
        </span>
      </h2>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {cache !== undefined && cache.ids.length > 0 && (
        <p
          class="cache"
          title={
            cache.seen
              ? 'from the head of its list to its tail'
              : 'the newest first: a trace alone does not tell the order'
          }
        >
          {cache.seen ? 'cache: ' : 'cache, newest first: '}
          {cache.ids.map((id) => (
            <span key={id}>{nameOfObject(run, thing.process, id, 'session')}</span>
          ))}
          {cache.more && '…'}
        </p>
      )}
      <p class="held">
        {isGone && (
          <button type="button" onClick={() => choose(thing.freed)}>
            freed by event {thing.freed}
          </button>
        )}
        {thing.held.map(({ holder, since }, i) => (
          <button type="button" key={`${since} ${i}`} onClick={() => choose(since)} title={`since event ${since}`}>
            {nameOfHolder(run, thing.process, holder)}
          </button>
        ))}
      </p>
    </section>
  );
}

function isMove(kind: number): boolean {
  return kind === codeOf.count || kind === codeOf.made || kind === codeOf.claims;
}
