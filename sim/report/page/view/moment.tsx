/** All that is to be said of the chosen moment, on tabs. */
import { useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../data.js';
import type { Moments } from '../data/objects.js';
import { type Run, textAt } from '../data/run.js';
import { seconds, wordsOf } from '../data/words.js';
import { Bytes } from './bytes.js';
import { Counters } from './counters.js';
import { Decisions } from './decisions.js';
import { Ledger } from './ledger.js';
import { Objects } from './objects.js';
import { Violations } from './violations.js';

export interface MomentOptions {
  readonly data: ReportData;
  readonly run: Run;
  readonly moments: Moments;
  readonly event: number;
  readonly choose: (event: number) => void;
}

const tabs = [
  { id: 'objects', label: 'Objects', view: Objects },
  { id: 'ledger', label: 'Ledger', view: Ledger },
  { id: 'decisions', label: 'Decisions', view: Decisions },
  { id: 'bytes', label: 'Bytes', view: Bytes },
  { id: 'counters', label: 'Counters', view: Counters },
  { id: 'violations', label: 'Violations', view: Violations },
] as const;
type TabId = (typeof tabs)[number]['id'];

export function Moment(options: MomentOptions) {
  const { run, event } = options;
  const [chosen, choose] = useState<TabId>('objects');
  const list = useRef<HTMLDivElement>(null);
  const turn = (by: number): void => {
    const at = tabs.findIndex(({ id }) => id === chosen);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  const View = tabs.find(({ id }) => id === chosen)?.view ?? Objects;
  const { violations } = run.head;
  const isBad = violations.some(({ expected }) => !expected);
  return (
    <aside class="moment" aria-label="The chosen moment">
      <MomentHead run={run} event={event} />
      <div
        ref={list}
        role="tablist"
        aria-label="What to look at"
        onKeyDown={(pressed) => {
          if (pressed.key === 'ArrowRight') turn(1);
          else if (pressed.key === 'ArrowLeft') turn(-1);
        }}
      >
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === chosen}
            aria-controls="panel"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => choose(id)}
          >
            {label}
            {id === 'violations' && violations.length > 0 && (
              <span class={isBad ? 'count bad-text' : 'count'}>{violations.length}</span>
            )}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${chosen}`} tabIndex={0}>
        <View {...options} />
      </div>
    </aside>
  );
}

function MomentHead({ run, event }: { readonly run: Run; readonly event: number }) {
  const { tone, text, more } = wordsOf(run, event);
  const host = textAt(run, run.host[event]);
  const step = textAt(run, run.step[event]);
  const call = run.calls.get(step);
  return (
    <div class={`moment-head ${tone}`}>
      <p class="where">
        <a href={`#e=${event}`} title="the address of this moment">
          event {event}
        </a>
        <span>{seconds(run.us[event] ?? 0)} s</span>
        {host !== '' && <span>{host}</span>}
        {step !== '' && <span>{step}</span>}
      </p>
      <p class="what">
        <b>{text}</b> <span class="more">{more}</span>
      </p>
      {call !== undefined && call !== text && <code class="call">{call}</code>}
    </div>
  );
}
