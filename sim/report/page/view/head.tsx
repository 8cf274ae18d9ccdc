/** What the run was, what it came to, and how to have it again. */
import { useState } from 'preact/hooks';
import type { ReportData, RunHead } from '../../data.js';
import { writePlace } from '../data/place.js';
import type { Run } from '../data/run.js';
import { Story } from './story.js';
import { ThemeButton } from './theme.js';

interface HeadOptions {
  readonly data: ReportData;
  readonly run: Run;
  /** Its number in a campaign's report. */
  readonly place?: number | undefined;
}

export function Head({ data, run, place }: HeadOptions) {
  const { head } = run;
  return (
    <header class="head">
      <div class="head-line">
        {place !== undefined && (
          <a class="back" href={writePlace({ run: undefined, event: undefined })}>
            ← all findings
          </a>
        )}
        <h1>{head.title || data.title}</h1>
        <Verdict head={head} />
        <span class="spacer" />
        <span class="made">simtls {data.simtls}</span>
        <ThemeButton />
      </div>
      {head.about !== '' && <p class="about">{head.about}</p>}
      <Story data={data} run={run} addressOf={(event) => writePlace({ run: place, event })} />
      <Facts head={head} />
      {head.replay !== '' && <Replay line={head.replay} />}
      {head.notes.map((note) => (
        <p class="note" key={note}>
          Note: {note}.
        </p>
      ))}
    </header>
  );
}

export function Verdict({ head }: { readonly head: RunHead }) {
  const unexpected = head.violations.filter(({ expected }) => !expected).length;
  const words = {
    pass: 'pass',
    fail: 'fail',
    unknown: `${unexpected} ${unexpected === 1 ? 'violation' : 'violations'}`,
  }[head.verdict];
  return <span class={`verdict ${head.verdict}`}>{words}</span>;
}

export function Facts({ head }: { readonly head: RunHead }) {
  const facts: readonly (readonly [string, string])[] = [
    ['seed', head.seed],
    ['profile', head.profile],
    ['stack', head.stack],
    ['events', head.events.toLocaleString('en')],
    ['virtual time', `${head.virtualSeconds} s`],
    ['fingerprint', head.fingerprint],
    ...(head.defects.length === 0 ? [] : [['defects', head.defects.join(', ')] as const]),
  ];
  return (
    <div class="facts">
      <dl>
        {facts.map(([name, value]) =>
          value === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <Folded
        title={`${head.drawn.length} draws of the seed`}
        rows={head.drawn.map(({ name, value }) => [name, value])}
      />
      <Folded
        title={head.faults.length === 1 ? '1 fault in the plan' : `${head.faults.length} faults in the plan`}
        rows={head.faults.map(({ id, words }) => [id, words])}
      />
    </div>
  );
}

function Folded({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }) {
  if (rows.length === 0) return null;
  return (
    <details class="drawn">
      <summary>{title}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

export function Replay({ line }: { readonly line: string }) {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    say((await copied(line)) ? 'copied' : 'select it and copy');
    setTimeout(() => say(''), 2000);
  };
  return (
    <div class="replay">
      <code>{line}</code>
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>
      <span role="status">{said}</span>
    </div>
  );
}

/** A page from disk may have no clipboard: then the old way. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
