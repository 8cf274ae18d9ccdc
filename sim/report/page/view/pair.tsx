/** Two runs side by side, aligned where they part. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportData, RunHead } from '../../data.js';
import { type AlignedRow, aligned, partingOf } from '../data/align.js';
import { codeOf } from '../data/decode.js';
import { Moments } from '../data/objects.js';
import { readPlace, writePlace } from '../data/place.js';
import { type GroupId, groups, rowsOf, type Shown } from '../data/rows.js';
import { type Run, textAt } from '../data/run.js';
import { seconds, wordsOf } from '../data/words.js';
import { FilterBar } from './filter-bar.js';
import { Replay, Verdict } from './head.js';
import { Help } from './help.js';
import { actionOf } from './keys.js';
import { Moment } from './moment.js';
import { px } from './px.js';
import { rowPx, useScroller } from './scroller.js';
import { Story } from './story.js';
import { ThemeButton } from './theme.js';

interface PairOptions {
  readonly data: ReportData;
  readonly left: Run;
  readonly right: Run;
}

export function Pair({ data, left, right }: PairOptions) {
  const [shown, show] = useState<Shown>(() => ({ groups: comparableGroups(left, right), details: false, words: '' }));
  const rows = useMemo(() => aligned(left, right, rowsOf(left, shown), rowsOf(right, shown)), [left, right, shown]);
  const parting = useMemo(() => partingOf(rows), [rows]);
  const [row, choose] = useState(() => Math.max(0, rowOfPlace(rows) ?? parting));
  const [side, look] = useState<'left' | 'right'>(() =>
    readPlace(location.hash).right === undefined ? 'left' : 'right',
  );
  const [helping, help] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const moments = useMemo(() => ({ left: new Moments(left), right: new Moments(right) }), [left, right]);
  const at = Math.min(row, rows.length - 1);
  const chosen = rows[at];

  useLayoutEffect(() => {
    if (chosen === undefined) return;
    const isRight = side === 'right' && chosen.right >= 0;
    const hash = writePlace(chosen.left < 0 || isRight ? { right: chosen.right } : { event: chosen.left });
    if (location.hash !== hash) history.replaceState(null, '', hash);
  }, [chosen, side]);
  useEffect(() => {
    const onHash = (): void => {
      const found = rowOfPlace(rows);
      if (found !== undefined) choose(found);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [rows]);
  useEffect(() => {
    const onKey = (pressed: KeyboardEvent): void => {
      const action = actionOf(pressed);
      if (action === undefined) return;
      if (action === 'help') help(true);
      else if (action === 'filter') filter.current?.focus();
      else if (action === 'other-end') look((now) => (now === 'left' ? 'right' : 'left'));
      else choose((now) => moved(rows, now, action));
      pressed.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [rows]);

  const [run, event] = momentOf(chosen, side, left, right);
  return (
    <>
      <header class="head">
        <div class="head-line">
          <h1>{data.title}</h1>
          <span class="spacer" />
          <span class="made">simtls {data.simtls}</span>
          <ThemeButton />
        </div>
        <div class="pair-heads">
          <PairHead data={data} run={left} letter="A" addressOf={(event) => writePlace({ event })} />
          <PairHead data={data} run={right} letter="B" addressOf={(right) => writePlace({ right })} />
        </div>
        <p class="parting">
          {parting < 0 ? (
            'Nothing that is shown differs.'
          ) : (
            <button type="button" onClick={() => choose(parting)}>
              They part at line {parting + 1} of {rows.length.toLocaleString('en')}
            </button>
          )}
        </p>
      </header>
      <FilterBar
        shown={shown}
        show={show}
        found={rows.length}
        of={left.count + right.count}
        input={filter}
        help={() => help(true)}
      />
      <main class="split pair">
        <Lines left={left} right={right} rows={rows} row={at} choose={choose} />
        <div class="pair-moment">
          <fieldset class="chips">
            <legend class="unseen">Which run's moment is shown</legend>
            {(['left', 'right'] as const).map((one) => (
              <button
                type="button"
                key={one}
                aria-pressed={run === (one === 'left' ? left : right)}
                onClick={() => look(one)}
              >
                {one === 'left' ? `A: ${told(left.head)}` : `B: ${told(right.head)}`}
              </button>
            ))}
          </fieldset>
          <Moment
            data={data}
            run={run}
            moments={run === left ? moments.left : moments.right}
            event={event}
            choose={(n) => choose(rowOf(rows, run === left ? 'left' : 'right', n))}
          />
        </div>
      </main>
      <p class="live" role="status" aria-live="polite">
        {chosen !== undefined && spoken(chosen, left, right)}
      </p>
      {helping && <Help close={() => help(false)} />}
    </>
  );
}

/** Real OpenSSL tells nothing of counts and decisions: beside it they are no difference. */
function comparableGroups(left: Run, right: Run): ReadonlySet<GroupId> {
  const tells = (run: Run): boolean => run.kind.includes(codeOf.count);
  const all = groups.map(({ id }) => id);
  return new Set(tells(left) === tells(right) ? all : all.filter((id) => id !== 'references' && id !== 'decisions'));
}

function told({ seed, profile, stack }: RunHead): string {
  return `seed ${seed}, ${profile}${stack === 'libssl' ? ', real OpenSSL' : ''}`;
}

function spoken({ left, right, same }: AlignedRow, a: Run, b: Run): string {
  const say = (run: Run, n: number): string => (n < 0 ? 'nothing' : `${wordsOf(run, n).text} ${wordsOf(run, n).more}`);
  return same ? `Both: ${say(a, left)}` : `A: ${say(a, left)}. B: ${say(b, right)}`;
}

interface PairHeadOptions {
  readonly data: ReportData;
  readonly run: Run;
  readonly letter: string;
  /** The address of an event of its run. */
  readonly addressOf: (event: number) => string;
}

function PairHead({ data, run, letter, addressOf }: PairHeadOptions) {
  const { head } = run;
  return (
    <div>
      <p>
        <b class="letter">{letter}</b> {head.title}, {told(head)} <Verdict head={head} />
      </p>
      <Story data={data} run={run} addressOf={addressOf} />
      {head.replay !== '' && <Replay line={head.replay} />}
      {head.notes.map((note) => (
        <p class="note" key={note}>
          Note: {note}.
        </p>
      ))}
    </div>
  );
}

/** The moment of the side that is looked at; of the other where that has none in the line, the one before it. */
function momentOf(row: AlignedRow | undefined, side: 'left' | 'right', left: Run, right: Run): readonly [Run, number] {
  if (row === undefined) return [left, 0];
  const isRight = row.left < 0 || (side === 'right' && row.right >= 0);
  return isRight ? [right, row.right] : [left, row.left];
}

/** The line that the address names. */
function rowOfPlace(rows: readonly AlignedRow[]): number | undefined {
  const { event, right } = readPlace(location.hash);
  if (right !== undefined) return rowOf(rows, 'right', right);
  return event === undefined ? undefined : rowOf(rows, 'left', event);
}

/** The last line that is not behind that event. */
function rowOf(rows: readonly AlignedRow[], side: 'left' | 'right', n: number): number {
  const found = rows.findLastIndex((row) => row[side] >= 0 && row[side] <= n);
  return Math.max(0, found);
}

const pageRows = 20;

function moved(rows: readonly AlignedRow[], now: number, action: string): number {
  const within = (row: number): number => Math.max(0, Math.min(rows.length - 1, row));
  switch (action) {
    case 'next':
      return within(now + 1);
    case 'previous':
      return within(now - 1);
    case 'page-down':
      return within(now + pageRows);
    case 'page-up':
      return within(now - pageRows);
    case 'first':
      return 0;
    case 'last':
      return within(rows.length - 1);
    default: {
      const next = rows.findIndex(({ same }, row) => row > now && !same && rows[row - 1]?.same !== false);
      return next < 0 ? Math.max(0, partingOf(rows)) : next;
    }
  }
}

interface LinesOptions {
  readonly left: Run;
  readonly right: Run;
  readonly rows: readonly AlignedRow[];
  readonly row: number;
  readonly choose: (row: number) => void;
}

function Lines({ left, right, rows, row, choose }: LinesOptions) {
  const { box, window, onScroll } = useScroller(rows.length, row);
  const shown = Array.from({ length: window.end - window.first }, (_, i) => window.first + i);
  return (
    <section class="sequence" aria-label="Both runs">
      <div class="pair-head" aria-hidden="true">
        <span>A: {told(left.head)}</span>
        <span>B: {told(right.head)}</span>
      </div>
      <div
        ref={box}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Events of both runs"
        aria-activedescendant={rows.length > 0 ? `line-${row}` : undefined}
        onScroll={onScroll}
      >
        <div role="presentation" class="tall" style={{ height: px(window.heightPx) }}>
          <div role="presentation" class="in-sight" style={{ transform: `translateY(${window.topPx}px)` }}>
            {shown.map((at) => {
              const line = rows[at];
              if (line === undefined) return null;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
                // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names its active option
                <div
                  key={at}
                  id={`line-${at}`}
                  class={`pair-row ${line.same ? 'same' : 'differs'}`}
                  role="option"
                  aria-selected={at === row}
                  aria-setsize={rows.length}
                  aria-posinset={at + 1}
                  style={{ height: px(rowPx) }}
                  onClick={() => choose(at)}
                >
                  <Cell run={left} n={line.left} />
                  <Cell run={right} n={line.right} />
                </div>
              );
            })}
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

function Cell({ run, n }: { readonly run: Run; readonly n: number }) {
  if (n < 0) return <span class="cell empty" />;
  const { tone, text, more } = wordsOf(run, n);
  return (
    <span class={`cell row ${tone}`} title={`${seconds(run.us[n] ?? 0)} s, ${textAt(run, run.step[n])}`}>
      <span class="host">{textAt(run, run.host[n])}</span>
      <b>{text}</b>
      {more !== '' && <span class="more">{more}</span>}
    </span>
  );
}
