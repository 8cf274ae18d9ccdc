/** The ledger: what was taken and given back of every object, unbalanced rows first. */
import { useMemo, useState } from 'preact/hooks';
import { isUnbalanced, type LedgerRow, ledgerOf } from '../data/ledger.js';
import { type Run, textAt } from '../data/run.js';
import { nameOfHolder, nameOfObject, typeName } from '../data/words.js';
import type { MomentOptions } from './moment.js';

const shownAtOnce = 200;

export function Ledger({ run, event, choose }: MomentOptions) {
  const [atMoment, setAtMoment] = useState(false);
  const [most, setMost] = useState(shownAtOnce);
  const until = atMoment ? event : run.count - 1;
  const rows = useMemo(() => ledgerOf(run, until), [run, until]);
  const unbalanced = rows.filter(isUnbalanced).length;
  return (
    <>
      <p class="ledger-head">
        <span>
          {rows.length.toLocaleString('en')} objects,{' '}
          <b class={unbalanced > 0 ? 'bad-text' : ''}>
            {unbalanced === 0 ? 'all in balance' : `${unbalanced} unbalanced`}
          </b>
        </span>
        <label>
          <input type="checkbox" checked={atMoment} onChange={(change) => setAtMoment(change.currentTarget.checked)} />{' '}
          as of the chosen moment
        </label>
      </p>
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">object</th>
            <th scope="col" class="number">
              taken
            </th>
            <th scope="col" class="number">
              given back
            </th>
            <th scope="col" class="number">
              count
            </th>
            <th scope="col">held by</th>
            <th scope="col">fate</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <Line key={row.key} run={run} row={row} choose={choose} />
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <button type="button" class="more-button" onClick={() => setMost(most * 4)}>
          {(rows.length - most).toLocaleString('en')} more
        </button>
      )}
    </>
  );
}

function Line({
  run,
  row,
  choose,
}: {
  readonly run: Run;
  readonly row: LedgerRow;
  readonly choose: (event: number) => void;
}) {
  const { process, id, type, taken, givenBack, count, fate, held, made, last } = row;
  const span = run.processes[process];
  const host = `${textAt(run, span?.host)}${(span?.run ?? 1) > 1 ? `/${span?.run}` : ''}`;
  const holders = [...countedBy(held)].map(
    ([holder, times]) => `${nameOfHolder(run, process, holder)}${times > 1 ? ` ×${times}` : ''}`,
  );
  const shown = holders.length > 6 ? [...holders.slice(0, 5), `${holders.length - 5} more`] : holders;
  return (
    <tr class={isUnbalanced(row) ? 'unbalanced' : fate === 'lives' ? 'lives' : ''}>
      <th scope="row">
        <button type="button" onClick={() => choose(last)} title={`made at event ${made}, last moved at event ${last}`}>
          {nameOfObject(run, process, id, type)}
        </button>
        <small>
          {typeName(type)}, {host}
        </small>
      </th>
      <td class="number">{taken}</td>
      <td class="number">{givenBack}</td>
      <td class="number">{count}</td>
      <td>{shown.join(', ')}</td>
      <td>{row.parted ? 'count and claims part' : fate}</td>
    </tr>
  );
}

function countedBy(held: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const holder of held) times.set(holder, (times.get(holder) ?? 0) + 1);
  return times;
}
