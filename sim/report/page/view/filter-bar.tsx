/** What of the run is shown. */
import type { RefObject } from 'preact';
import { type GroupId, groups, type Shown } from '../data/rows.js';

interface FilterBarOptions {
  readonly shown: Shown;
  readonly show: (shown: Shown) => void;
  readonly found: number;
  readonly of: number;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly help: () => void;
}

export function FilterBar({ shown, show, found, of, input, help }: FilterBarOptions) {
  const toggle = (id: GroupId): void => {
    const next = new Set(shown.groups);
    if (!next.delete(id)) next.add(id);
    show({ ...shown, groups: next });
  };
  return (
    <search class="filter-bar">
      <input
        ref={input}
        type="search"
        aria-label="Filter events"
        placeholder="Filter: host:client ClientHello -record …"
        value={shown.words}
        onInput={(event) => show({ ...shown, words: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      <fieldset class="chips">
        <legend class="unseen">What is shown</legend>
        {groups.map(({ id, label }) => (
          <button type="button" key={id} aria-pressed={shown.groups.has(id)} onClick={() => toggle(id)}>
            {label}
          </button>
        ))}
        <button type="button" aria-pressed={shown.details} onClick={() => show({ ...shown, details: !shown.details })}>
          Details
        </button>
      </fieldset>
      <span class="found" role="status">
        {found.toLocaleString('en')} of {of.toLocaleString('en')} events
      </span>
      <button type="button" onClick={help} aria-label="Keys and filter words">
        ?
      </button>
    </search>
  );
}
