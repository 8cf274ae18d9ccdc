/** What was broken, why it has to hold, and who says so. */
import { nameOfHolder } from '../data/words.js';
import type { MomentOptions } from './moment.js';

export function Violations({ run, choose }: MomentOptions) {
  const { violations } = run.head;
  if (violations.length === 0) return <p class="none">Nothing was broken.</p>;
  const sorted = [...violations].sort((a, b) => Number(a.expected) - Number(b.expected));
  return (
    <ul class="violations">
      {sorted.map(({ event, invariant, owner, expected, step, text, reason, source }, i) => (
        <li key={`${event} ${i}`} class={expected ? 'expected' : ''}>
          <h2>
            {invariant} <span class="tag">{owner}</span>
            {expected && <span class="tag">expected</span>}
          </h2>
          <p>{nameOfHolder(run, run.process[event] ?? -1, text)}</p>
          {reason !== '' && (
            <p class="why">
              {reason} <cite>{source}</cite>
            </p>
          )}
          {event >= 0 && (
            <button type="button" onClick={() => choose(event)}>
              event {event}
              {step === '' ? '' : `, ${step}`}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
