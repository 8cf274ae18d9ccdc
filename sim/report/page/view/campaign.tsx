/** What a campaign came to: its findings in groups, each with its run. */
import type { CampaignHead, ReportData } from '../../data.js';
import { writePlace } from '../data/place.js';
import { Replay } from './head.js';
import { ThemeButton } from './theme.js';

export function Campaign({ data, campaign }: { readonly data: ReportData; readonly campaign: CampaignHead }) {
  const { groups } = campaign;
  return (
    <>
      <header class="head">
        <div class="head-line">
          <h1>{data.title}</h1>
          <span class={`verdict ${groups.length === 0 ? 'pass' : 'fail'}`}>
            {groups.length === 0 ? 'nothing found' : `${groups.length} findings`}
          </span>
          <span class="spacer" />
          <span class="made">simtls {data.simtls}</span>
          <ThemeButton />
        </div>
        <div class="facts">
          <dl>
            {campaign.words.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      </header>
      <main class="campaign">
        {groups.length === 0 && <p class="none">Nothing failed in {campaign.runs.toLocaleString('en')} runs.</p>}
        {groups.map((group) => (
          <article key={group.group}>
            <h2>
              {group.run >= 0 ? (
                <a href={writePlace({ run: group.run, event: undefined })}>{group.group}</a>
              ) : (
                group.group
              )}
            </h2>
            <p>{group.text}</p>
            <Share group={group} runs={campaign.runs} />
            <dl class="facts">
              <Pair name="first" value={`${group.source}, seed ${group.seed}, profile ${group.profile}`} />
              <Pair name="found after" value={`${group.first.toLocaleString('en')} runs`} />
              <Pair name="failed so" value={`${group.cases.toLocaleString('en')} runs`} />
              <Pair name="shrunk to" value={`${group.steps} steps`} />
              <Pair name="owner" value={group.owner} />
            </dl>
            <Replay line={group.replay} />
          </article>
        ))}
      </main>
    </>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** How many of the runs failed so, as a bar: by its logarithm, since most causes are rare. */
function Share({ group, runs }: { readonly group: CampaignHead['groups'][number]; readonly runs: number }) {
  const share = Math.log10(1 + group.cases) / Math.log10(1 + Math.max(1, runs));
  return (
    <div class="share" aria-hidden="true">
      <i style={{ width: `${Math.round(share * 100)}%` }} />
    </div>
  );
}
