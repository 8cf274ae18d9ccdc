/** Hosts as columns, virtual time downward: a row an event, messages as arrows between the columns. */
import { useMemo } from 'preact/hooks';
import { rowAt } from '../data/rows.js';
import { type Run, textAt } from '../data/run.js';
import { seconds, span, type Words, wordsOf } from '../data/words.js';
import { arrowsOf, Lanes, laneWidth } from './lanes.js';
import { px } from './px.js';
import { useRoom } from './room.js';
import { rowPx, useScroller } from './scroller.js';

interface SequenceOptions {
  readonly run: Run;
  readonly rows: Int32Array;
  readonly event: number;
  readonly choose: (event: number) => void;
}

export function Sequence({ run, rows, event, choose }: SequenceOptions) {
  const chosen = rowAt(rows, event);
  const { box, window, onScroll } = useScroller(rows.length, chosen);
  const arrows = useMemo(() => arrowsOf(run, rows), [run, rows]);
  const lane = laneWidth(run.hosts.length, useRoom());
  const width = lane * run.hosts.length;
  const shown = Array.from({ length: window.end - window.first }, (_, i) => window.first + i);
  const words = shown.map((row) => wordsOf(run, rows[row] ?? 0));
  return (
    <section class="sequence" aria-label="Sequence of events">
      <div class="lanes-head" aria-hidden="true">
        <span class="time">time</span>
        <span class="hosts" style={{ width: px(width) }}>
          {run.hosts.map((host) => (
            <span key={host} style={{ width: px(lane) }}>
              {textAt(run, host)}
            </span>
          ))}
        </span>
        <span>event</span>
        <span class="step">step</span>
      </div>
      <div
        ref={box}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Events"
        aria-activedescendant={rows.length > 0 ? `event-${rows[chosen]}` : undefined}
        onScroll={onScroll}
      >
        <div role="presentation" class="tall" style={{ height: px(window.heightPx) }}>
          <div role="presentation" class="in-sight" style={{ transform: `translateY(${window.topPx}px)` }}>
            <Lanes
              run={run}
              rows={rows}
              arrows={arrows}
              first={window.first}
              end={window.end}
              chosen={event}
              lane={lane}
              words={words}
            />
            {shown.map((row, i) => (
              <Row
                key={row}
                run={run}
                rows={rows}
                row={row}
                words={words[i]}
                isChosen={rows[row] === event}
                choose={choose}
                width={width}
              />
            ))}
          </div>
        </div>
        {rows.length === 0 && (
          // biome-ignore lint/a11y/useFocusableInteractive: nothing can be chosen
          <div class="none" role="option" aria-selected={false} aria-disabled={true}>
            No event is like that.
          </div>
        )}
      </div>
    </section>
  );
}

interface RowOptions {
  readonly run: Run;
  readonly rows: Int32Array;
  readonly row: number;
  readonly words: Words | undefined;
  readonly isChosen: boolean;
  readonly choose: (event: number) => void;
  readonly width: number;
}

function Row({ run, rows, row, words, isChosen, choose, width }: RowOptions) {
  const n = rows[row] ?? 0;
  const us = run.us[n] ?? 0;
  const before = row === 0 ? -1 : (run.us[rows[row - 1] ?? 0] ?? 0);
  const { tone, text, more } = words ?? wordsOf(run, n);
  const step = textAt(run, run.step[n]);
  const gap = us - before;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names its active option
    <div
      id={`event-${n}`}
      class={`row ${tone}`}
      role="option"
      aria-selected={isChosen}
      aria-setsize={rows.length}
      aria-posinset={row + 1}
      style={{ height: px(rowPx) }}
      onClick={() => choose(n)}
    >
      <span class={`time ${gap === 0 ? 'same' : ''}`} title={`event ${n}`}>
        {gap === 0 ? '' : seconds(us)}
        {row > 0 && gap >= 1_000_000 && <i class="gap"> +{span(gap)}</i>}
      </span>
      <span class="lanes-room" style={{ width: px(width) }} />
      <span class="text">
        <span class="host">{textAt(run, run.host[n])}</span>
        <b>{text}</b>
        {more !== '' && <span class="more">{more}</span>}
      </span>
      <span class="step">{step}</span>
    </div>
  );
}
