/** Counters over virtual time: a line is where the chosen moment is, whose values are told; a click chooses another. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Plot, plotsOf } from '../data/counters.js';
import type { MomentOptions } from './moment.js';

export function Counters({ run, event, choose }: MomentOptions) {
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
        <PlotView key={`${plot.title} ${theme}`} plot={plot} event={event} choose={choose} />
      ))}
    </>
  );
}

interface PlotOptions {
  readonly plot: Plot;
  readonly event: number;
  readonly choose: (event: number) => void;
}

function PlotView({ plot, event, choose }: PlotOptions) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot>(null);
  const now = useRef(0);
  now.current = pointAt(plot, event);
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
        hooks: {
          draw: [(made) => drawMoment(made, now.current, colour('--accent'))],
          // Where the mouse is not, the chosen moment is told.
          setCursor: [(made) => (made.cursor.left ?? -1) < 0 && made.setLegend({ idx: now.current })],
        },
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
    drawn.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(260, current.clientWidth), height: 150 }));
    watch.observe(current);
    return () => {
      watch.disconnect();
      drawn.current = null;
      made.destroy();
    };
  }, [plot]);
  useEffect(() => {
    drawn.current?.setLegend({ idx: now.current });
    drawn.current?.redraw(false);
  }, [plot, now.current]);
  return (
    <figure class="plot">
      <figcaption>
        {plot.title}
        <span class="unseen">: {told(plot, now.current)}</span>
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

/** The last point that is not behind an event. */
function pointAt({ events }: Plot, event: number): number {
  const found = events.findLastIndex((one) => one <= event);
  return Math.max(0, found);
}

function drawMoment(made: uPlot, at: number, colour: string): void {
  const { ctx, bbox, data } = made;
  const x = Math.round(made.valToPos(data[0][at] ?? 0, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** For those who cannot see it. */
function told({ names, data }: Plot, now: number): string {
  return names
    .map((name, i) => {
      const series = data[i + 1] ?? [];
      return `${name}: ${series[now] ?? 0} now, at most ${series.reduce((a, b) => Math.max(a, b), 0)}, in the end ${series.at(-1) ?? 0}`;
    })
    .join('; ');
}
