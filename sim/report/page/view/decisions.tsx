/** Why each session was offered, accepted or refused. */
import { useMemo } from 'preact/hooks';
import { codeOf } from '../data/decode.js';
import { type Run, textAt } from '../data/run.js';
import { nameOfObject, seconds } from '../data/words.js';
import type { MomentOptions } from './moment.js';

/** Decisions that are listed around the chosen moment. */
const listedMax = 60;

export function Decisions({ data, run, event, choose }: MomentOptions) {
  const all = useMemo(() => decisionsOf(run), [run]);
  if (all.length === 0) return <p class="none">No session was offered, and none asked for.</p>;
  const behind = all.findIndex((n) => n > event);
  const middle = behind < 0 ? all.length : behind;
  const first = Math.max(0, Math.min(middle - listedMax / 2, all.length - listedMax));
  const listed = all.slice(first, first + listedMax);
  return (
    <>
      {all.length > listedMax && (
        <p class="none">
          {first + 1} to {first + listed.length} of {all.length} decisions, around the chosen moment.
        </p>
      )}
      <ol class="decisions">
        {listed.map((n) => {
          const [side = '', verdict = ''] = textAt(run, run.b[n]).split(' ');
          const code = textAt(run, run.c[n]);
          const field = textAt(run, run.d[n]);
          const words = data.decisions[code];
          const process = run.process[n] ?? -1;
          const session = run.e[n] ?? 0;
          return (
            <li key={n} class={n === event ? 'chosen' : ''}>
              <button type="button" onClick={() => choose(n)}>
                <span class="when">{seconds(run.us[n] ?? 0)}</span>
                <span class={`tag ${verdict}`}>
                  {side} {verdict}
                </span>
                <b>{code}</b>
              </button>
              <p>
                {textAt(run, run.host[n])}, {nameOfObject(run, process, run.a[n] ?? 0, 'ssl')}
                {session > 0 && `, ${nameOfObject(run, process, session, 'session')}`}
                {field !== '' && `, by ${field}`}: {words?.means ?? ''}.
              </p>
              {words !== undefined && n === event && (
                <dl>
                  <dt>where</dt>
                  <dd>{words.where}</dd>
                  <dt>what helps</dt>
                  <dd>{words.helps}</dd>
                </dl>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function decisionsOf(run: Run): readonly number[] {
  const found: number[] = [];
  for (let n = 0; n < run.count; n += 1) if (run.kind[n] === codeOf.decision) found.push(n);
  return found;
}
