/** Counters over virtual time; a click chooses that moment. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Plot, plotsOf } from '../data/counters.js';
import type { MomentOptions } from './moment.js';

export function Counters({ run, choose }: MomentOptions) {
  const plots = useMemo(() => plotsOf(run), [run]);
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const again = (): void => setTheme((one) => one + 1);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('simtls-theme', again);
    dark.addEventListener('change', again);
    return () => {
      removeEventListener('simtls-theme', again);
      dark.removeEventListener('change', again);
    };
  }, []);
  return (
    <>
      {plots.map((plot) => (
        <PlotView key={`${plot.title} ${theme}`} plot={plot} choose={choose} />
      ))}
    </>
  );
}

function PlotView({ plot, choose }: { readonly plot: Plot; readonly choose: (event: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const colour = (name: string): string => getComputedStyle(current).getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--faint'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui',
    };
    const made = new uPlot(
      {
        width: Math.max(260, current.clientWidth),
        height: 150,
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 28 },
          { ...axis, size: 52 },
        ],
        legend: { show: true, live: true },
        cursor: { points: { size: 6 } },
        series: [
          { label: 'seconds' },
          ...plot.names.map((label, i) => ({
            label,
            stroke: colour(`--plot-${(i % 6) + 1}`),
            width: 1.5,
            points: { show: false },
            paths: uPlot.paths.stepped?.({ align: 1 }) as uPlot.Series.PathBuilder, // uPlot has it
          })),
        ],
      },
      plot.data as uPlot.AlignedData, // x, then a series for each name
      current,
    );
    const onClick = (): void => {
      const at = made.cursor.idx;
      const event = at === null || at === undefined ? undefined : plot.events[at];
      if (event !== undefined) choose(event);
    };
    made.over.addEventListener('click', onClick);
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(260, current.clientWidth), height: 150 }));
    watch.observe(current);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [plot]);
  return (
    <figure class="plot">
      <figcaption>
        {plot.title}
        <span class="unseen">: {told(plot)}</span>
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

/** For those who cannot see it. */
function told({ names, data }: Plot): string {
  return names
    .map((name, i) => {
      const series = data[i + 1] ?? [];
      return `${name}: at most ${series.reduce((a, b) => Math.max(a, b), 0)}, in the end ${series.at(-1) ?? 0}`;
    })
    .join('; ');
}
