/** What happened, in a few lines: what was broken and why it has to hold, and what each connection came to. */
import type { ReportConnection, ReportData, ReportViolation } from '../../data.js';
import type { Run } from '../data/run.js';
import { nameOfHolder } from '../data/words.js';

interface StoryOptions {
  readonly data: ReportData;
  readonly run: Run;
  /** The address of an event. */
  readonly addressOf: (event: number) => string;
}

/** Violations that are told here: all are on their tab. */
const violationsMax = 3;
/** More connections than that are folded. */
const connectionsOpenMax = 12;

export function Story({ data, run, addressOf }: StoryOptions) {
  const { violations, connections, outcomes } = run.head;
  const broken = violations.filter(({ expected }) => !expected);
  const told = broken.length > 0 ? broken : violations;
  const areOfOnePair = new Set(connections.map(({ client, server }) => `${client} ${server}`)).size === 1;
  const list = (
    <ol class="connections">
      {connections.map((one) => (
        <Connection key={one.connection} data={data} one={one} isNamed={!areOfOnePair} addressOf={addressOf} />
      ))}
    </ol>
  );
  const total = outcomes.reduce((sum, [, count]) => sum + count, 0);
  const words = outcomes.map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`).join(', ');
  return (
    <div class="story">
      {told.slice(0, violationsMax).map((one, i) => (
        <Broken key={`${one.event} ${i}`} run={run} one={one} addressOf={addressOf} />
      ))}
      {told.length > violationsMax && <p class="more">and {told.length - violationsMax} more violations</p>}
      {total > 0 && total <= connectionsOpenMax && list}
      {total > connectionsOpenMax && (
        <details class="drawn">
          <summary>
            {total.toLocaleString('en')} connections: {words}
          </summary>
          {list}
          {total > connections.length && <p class="more">the first {connections.length} of them</p>}
        </details>
      )}
    </div>
  );
}

function Broken({ run, one, addressOf }: Omit<StoryOptions, 'data'> & { readonly one: ReportViolation }) {
  const { event, invariant, expected, text, reason } = one;
  const name = `${expected ? 'expected' : 'broken'}: ${invariant}`;
  return (
    <p class={expected ? 'told expected' : 'told'}>
      {event >= 0 ? <a href={addressOf(event)}>{name}</a> : <b>{name}</b>}{' '}
      {nameOfHolder(run, run.process[event] ?? -1, text)}.
      {reason !== '' && <span class="more"> Why it must hold: {reason}</span>}
    </p>
  );
}

interface ConnectionOptions extends Omit<StoryOptions, 'run'> {
  readonly one: ReportConnection;
  /** Whether its hosts are told. */
  readonly isNamed: boolean;
}

function Connection({ data, one, isNamed, addressOf }: ConnectionOptions) {
  const { connection, client, server, outcome, decision, event } = one;
  const means = data.decisions[decision]?.means;
  const words = `connection ${connection}, ${client} to ${server}: `;
  return (
    <li title={`${words}${outcome}${means === undefined ? '' : `; ${means}`}`}>
      {event >= 0 ? <a href={addressOf(event)}>connection {connection}</a> : `connection ${connection}`}
      {isNamed && ` ${client} → ${server}`}{' '}
      <b class={outcome === 'resumed' || outcome === 'full' ? outcome : 'bad-text'}>{outcome}</b>
      {decision !== '' && <span class="more"> {decision}</span>}
    </li>
  );
}
