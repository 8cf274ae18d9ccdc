/** One run: its sequence on the left, the chosen moment on the right. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../data.js';
import { Moments } from '../data/objects.js';
import { readPlace, writePlace } from '../data/place.js';
import { type GroupId, groups, rowAt, rowsOf, type Shown, withRow } from '../data/rows.js';
import type { Run } from '../data/run.js';
import { wordsOf } from '../data/words.js';
import { FilterBar } from './filter-bar.js';
import { Help } from './help.js';
import { actionOf } from './keys.js';
import { Moment } from './moment.js';
import { Sequence } from './sequence.js';

interface SingleOptions {
  readonly data: ReportData;
  readonly run: Run;
  /** Its number in a campaign's report. */
  readonly place: number | undefined;
}

export function Single({ data, run, place }: SingleOptions) {
  const [shown, setShown] = useState<Shown>({
    groups: new Set<GroupId>(groups.map(({ id }) => id)),
    details: false,
    words: '',
  });
  const [event, setEvent] = useState(() => firstEvent(run));
  // What a link, a key or the panel leads to has a row, also where the filter hides it: until the filter changes.
  const [hasRow, giveRow] = useState(run.count > 0);
  const found = useMemo(() => rowsOf(run, shown), [run, shown]);
  const rows = useMemo(() => (hasRow ? withRow(found, event) : found), [found, event, hasRow]);
  const show = useCallback((next: Shown): void => {
    setShown(next);
    giveRow(false);
  }, []);
  const choose = useCallback((next: number | ((now: number) => number)): void => {
    setEvent(next);
    giveRow(true);
  }, []);
  const [helping, help] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const moments = useMemo(() => new Moments(run), [run]);

  useLayoutEffect(() => {
    const hash = writePlace({ run: place, event });
    if (location.hash !== hash) history.replaceState(null, '', hash);
  }, [event, place]);
  useEffect(() => {
    const onHash = (): void => {
      const at = readPlace(location.hash).event;
      if (at !== undefined) choose(Math.min(at, run.count - 1));
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [run]);
  useEffect(() => {
    const onKey = (pressed: KeyboardEvent): void => {
      const action = actionOf(pressed);
      if (action === undefined) return;
      if (action === 'help') help(true);
      else if (action === 'filter') filter.current?.focus();
      else if (found.length > 0) choose((now) => moved(run, found, now, action));
      pressed.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [run, found]);

  const { text, more } = wordsOf(run, event);
  return (
    <>
      <FilterBar shown={shown} show={show} found={found.length} of={run.count} input={filter} help={() => help(true)} />
      <main class="split">
        <Sequence run={run} rows={rows} event={event} choose={choose} />
        <Moment data={data} run={run} moments={moments} event={event} choose={choose} />
      </main>
      <p class="live" role="status" aria-live="polite">
        Event {event}: {text} {more}
      </p>
      {helping && <Help close={() => help(false)} />}
    </>
  );
}

/** Where the address says, else the first violation, else the start. */
function firstEvent(run: Run): number {
  const at = readPlace(location.hash).event;
  if (at !== undefined) return Math.min(at, Math.max(0, run.count - 1));
  const told = run.head.violations.filter(({ expected, event }) => !expected && event >= 0).map(({ event }) => event);
  return told.length === 0 ? 0 : Math.min(...told);
}

/** Rows that a page key goes. */
const pageRows = 20;

/** From an event that the filter may hide to one that it shows. Keys can come faster than pages are drawn: what is drawn does not count. */
function moved(run: Run, found: Int32Array, now: number, action: string): number {
  const rows = withRow(found, now);
  const at = rowAt(rows, now);
  const to = (row: number): number => rows[Math.min(rows.length - 1, Math.max(0, row))] ?? now;
  switch (action) {
    case 'next':
      return to(at + 1);
    case 'previous':
      return to(at - 1);
    case 'page-down':
      return to(at + pageRows);
    case 'page-up':
      return to(at - pageRows);
    case 'first':
      return found[0] ?? now;
    case 'last':
      return found.at(-1) ?? now;
    case 'other-end': {
      const end = run.partner[now] ?? -1;
      return end < 0 ? now : end;
    }
    default:
      return nextViolation(run, now);
  }
}

function nextViolation(run: Run, now: number): number {
  const told = run.head.violations.map(({ event }) => event).filter((event) => event >= 0);
  return told.find((event) => event > now) ?? told[0] ?? now;
}
