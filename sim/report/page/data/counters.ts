/** How many there were of what, over virtual time: for plots of at most so many points. */
import { codeOf } from './decode.js';
import { type Run, textAt } from './run.js';

const pointsMax = 1500;

export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly names: readonly string[];
  /** Seconds, then a series for each name. */
  readonly data: readonly (readonly number[])[];
  /** The event at each point. */
  readonly events: readonly number[];
}

interface Series {
  readonly names: string[];
  readonly now: number[];
}

export function plotsOf(run: Run): readonly Plot[] {
  const objects: Series = { names: ['SSL_CTX', 'SSL', 'SSL_SESSION'], now: [0, 0, 0] };
  const caches: Series = { names: [], now: [] };
  const wire: Series = { names: ['records', 'handshake messages', 'alerts'], now: [0, 0, 0] };
  const bytes: Series = { names: run.hosts.map((host) => `${textAt(run, host)} sent`), now: run.hosts.map(() => 0) };
  const every = Math.max(1, Math.floor(run.count / pointsMax));
  const points: { readonly n: number; readonly values: readonly (readonly number[])[] }[] = [];
  const all = [objects, caches, bytes, wire];
  const tally = new Tally(run, { objects, caches, wire, bytes });
  for (let n = 0; n < run.count; n += 1) {
    tally.happened(n);
    if (n % every === 0 || n === run.count - 1) points.push({ n, values: all.map(({ now }) => [...now]) });
  }
  const titles = [
    ['Objects that live', ''],
    ['Sessions in each cache', ''],
    ['Bytes in records', 'bytes'],
    ['What was sent', ''],
  ] as const;
  const x = points.map(({ n }) => (run.us[n] ?? 0) / 1_000_000);
  const events = points.map(({ n }) => n);
  return all.flatMap(({ names }, i) => {
    if (names.length === 0) return [];
    const [title, unit] = titles[i] ?? ['', ''];
    const series = names.map((_, k) => points.map(({ values }) => values[i]?.[k] ?? 0));
    return [{ title, unit, names, data: [x, ...series], events }];
  });
}

/** Caches that are plotted, at most. */
const cachesMax = 8;

class Tally {
  readonly #run: Run;
  readonly #of: { readonly objects: Series; readonly caches: Series; readonly wire: Series; readonly bytes: Series };
  readonly #cacheAt = new Map<string, number>();
  readonly #alive: number[][] = [];

  constructor(
    run: Run,
    of: { readonly objects: Series; readonly caches: Series; readonly wire: Series; readonly bytes: Series },
  ) {
    this.#run = run;
    this.#of = of;
  }

  happened(n: number): void {
    const { kind, b, d, strings } = this.#run;
    const sent = strings[b[n] ?? 0] === 'sent';
    switch (kind[n]) {
      case codeOf.made:
        this.#lives(n, 1);
        break;
      case codeOf.freed:
        this.#lives(n, -1);
        break;
      case codeOf.process:
        this.#processEnded(n);
        break;
      case codeOf.count:
        this.#cached(n, strings[d[n] ?? 0] ?? '');
        break;
      case codeOf.record:
        if (!sent) break;
        add(this.#of.wire, 0, 1);
        add(this.#of.bytes, this.#run.laneOf.get(this.#run.host[n] ?? 0) ?? 0, d[n] ?? 0);
        break;
      case codeOf.message:
        if (sent) add(this.#of.wire, 1, 1);
        break;
      case codeOf.alert:
        if (sent) add(this.#of.wire, 2, 1);
        break;
    }
  }

  #lives(n: number, by: number): void {
    const { process, strings, b } = this.#run;
    const type = ['ctx', 'ssl', 'session'].indexOf(strings[b[n] ?? 0] ?? '');
    const at = process[n] ?? -1;
    this.#alive[at] ??= [0, 0, 0];
    const alive = this.#alive[at];
    if (type < 0 || alive === undefined) return;
    alive[type] = (alive[type] ?? 0) + by;
    add(this.#of.objects, type, by);
  }

  #processEnded(n: number): void {
    const { process, strings, a } = this.#run;
    if (strings[a[n] ?? 0] === 'started') return;
    const at = process[n] ?? -1;
    for (const [type, alive] of (this.#alive[at] ?? []).entries()) add(this.#of.objects, type, -alive);
    this.#alive[at] = [0, 0, 0];
    for (const [key, series] of this.#cacheAt) if (key.startsWith(`${at} `)) this.#of.caches.now[series] = 0;
  }

  #cached(n: number, holder: string): void {
    if (!holder.startsWith('cache of ')) return;
    const { process, taken, processes } = this.#run;
    const at = process[n] ?? -1;
    const key = `${at} ${holder}`;
    let series = this.#cacheAt.get(key);
    if (series === undefined) {
      if (this.#cacheAt.size >= cachesMax) return;
      series = this.#cacheAt.size;
      this.#cacheAt.set(key, series);
      const span = processes[at];
      const host = textAt(this.#run, span?.host);
      const { names, now } = this.#of.caches;
      names.push(
        `${host}${(span?.run ?? 1) > 1 ? ` (process ${span?.run})` : ''}, ${holder.slice('cache of '.length)}`,
      );
      now.push(0);
    }
    add(this.#of.caches, series, taken[n] === 1 ? 1 : -1);
  }
}

function add({ now }: Series, at: number, by: number): void {
  now[at] = (now[at] ?? 0) + by;
}
