/** The whole page: a run, two runs side by side, or a campaign with a run in it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../data.js';
import { readColumns } from '../data/decode.js';
import { readPlace } from '../data/place.js';
import { madeRun, type Run } from '../data/run.js';
import { Campaign } from './campaign.js';
import { Head } from './head.js';
import { Pair } from './pair.js';
import { Single } from './single.js';

export function Report({ data }: { readonly data: ReportData }) {
  const isCampaign = data.campaign !== undefined;
  const [chosen, choose] = useState(() => readPlace(location.hash).run ?? (isCampaign ? -1 : 0));
  const [runs, failure] = useRuns(data, isCampaign ? (chosen < 0 ? [] : [chosen]) : data.runs.map((_, i) => i));
  useEffect(() => {
    if (!isCampaign) return;
    const onHash = (): void => choose(readPlace(location.hash).run ?? -1);
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [isCampaign]);
  useEffect(() => {
    document.documentElement.dataset['ready'] = runs === undefined ? '' : 'yes';
  }, [runs]);
  if (failure !== '') return <p class="loading">This report cannot be shown: {failure}</p>;
  if (data.campaign !== undefined && chosen < 0) return <Campaign data={data} campaign={data.campaign} />;
  if (runs === undefined) return <p class="loading">Reading the run…</p>;
  const [one, two] = runs;
  if (one === undefined) return <p class="loading">There is no such run in this report.</p>;
  if (two !== undefined) return <Pair data={data} left={one} right={two} />;
  return (
    <>
      <Head data={data} run={one} place={isCampaign ? chosen : undefined} />
      <Single key={chosen} data={data} run={one} place={isCampaign ? chosen : undefined} />
    </>
  );
}

/** Reads each run once. */
function useRuns(data: ReportData, wanted: readonly number[]): readonly [readonly Run[] | undefined, string] {
  const [state, setState] = useState<{ readonly key: string; readonly runs: readonly Run[] }>();
  const [failure, setFailure] = useState('');
  const read = useRef(new Map<number, Promise<Run>>()).current;
  const key = wanted.join(' ');
  useEffect(() => {
    let gone = false;
    const all = wanted.map((number) => {
      const head = data.runs[number];
      if (head === undefined) return Promise.reject(new Error(`there is no run ${number} in it`));
      let run = read.get(number);
      if (run === undefined) {
        run = readColumns(head, number).then((columns) => madeRun(head, columns));
        read.set(number, run);
      }
      return run;
    });
    Promise.all(all).then(
      (runs) => gone || setState({ key, runs }),
      (cause: unknown) => gone || setFailure(cause instanceof Error ? cause.message : String(cause)),
    );
    return () => {
      gone = true;
    };
  }, [data, key]);
  return [state?.key === key ? state.runs : undefined, failure];
}
