/** Whether a file is what Chrome's trace event format asks for (Trace Event Format, "JSON Object Format"), for tests. */

interface Told {
  readonly pid: number;
  readonly tid: number;
  readonly ph: string;
  readonly name: string;
  readonly ts?: number;
  readonly cat?: string;
  readonly id?: string;
  readonly s?: string;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Slice {
  readonly begin: number;
  readonly end: number;
}

export interface TraceFile {
  readonly events: readonly Told[];
  /** What the format does not allow, in words. */
  readonly faults: readonly string[];
  /** Arrows, by the names of the threads that they lead from and to. */
  readonly arrows: readonly (readonly [string, string])[];
}

export function checkedTraceFile(text: string): TraceFile {
  const file = JSON.parse(text) as { traceEvents: readonly Told[]; displayTimeUnit: string };
  const events = file.traceEvents;
  const faults: string[] = [];
  const fault = (what: string, one: Told): void => void faults.push(`${what}: ${JSON.stringify(one)}`);
  const of = (...phases: string[]): readonly Told[] => events.filter(({ ph }) => phases.includes(ph));
  if (file.displayTimeUnit !== 'ms') faults.push(`displayTimeUnit ${file.displayTimeUnit}`);

  for (const one of events) {
    if (!'BEibnesfCM'.includes(one.ph)) fault('unknown phase', one);
    if (!Number.isSafeInteger(one.pid) || !Number.isSafeInteger(one.tid)) fault('no process or thread', one);
    if (one.name === '') fault('no name', one);
    if (one.ph === 'M' ? one.ts !== undefined : !Number.isSafeInteger(one.ts) || one.ts! < 0) fault('time', one);
    if (one.ph === 'i' && !['t', 'p', 'g'].includes(one.s ?? '')) fault('scope', one);
    if ('bnesf'.includes(one.ph) && (one.cat === undefined || one.id === undefined)) fault('no category or id', one);
    if (one.ph === 'C' && !Object.values(one.args ?? {}).every((value) => typeof value === 'number' && value >= 0))
      fault('counter', one);
  }

  const names = new Map<string, string>();
  for (const one of of('M')) {
    if (/^(process|thread)_name$/u.test(one.name)) {
      const key = one.name === 'process_name' ? `${one.pid}` : thread(one);
      if (names.has(key)) fault('named twice', one);
      names.set(key, String(one.args?.['name']));
    } else if (!/^(process|thread)_sort_index$/u.test(one.name)) fault('unknown metadata', one);
  }
  for (const one of events) {
    if (!names.has(String(one.pid))) fault('process without a name', one);
    if ('BEi'.includes(one.ph) && !names.has(thread(one))) fault('thread without a name', one);
  }

  const slices = new Map<string, Slice[]>();
  const stacks = new Map<string, Told[]>();
  for (const one of of('B', 'E', 'i')) {
    const stack = stacks.get(thread(one)) ?? [];
    stacks.set(thread(one), stack);
    if (one.ts! < (stack.at(-1)?.ts ?? 0)) fault('goes back in time', one);
    if (one.ph === 'B') stack.push(one);
    if (one.ph !== 'E') continue;
    const begun = stack.pop();
    if (begun?.name !== one.name) fault(`ends ${begun?.name}`, one);
    const known = slices.get(thread(one)) ?? [];
    slices.set(thread(one), known);
    known.push({ begin: begun?.ts ?? 0, end: one.ts! });
  }
  for (const one of [...stacks.values()].flat()) fault('never ends', one);

  const open = new Map<string, Told>();
  for (const one of of('b', 'n', 'e')) {
    const key = `${one.pid} ${one.cat} ${one.id}`;
    if (one.ph === 'b' && open.has(key)) fault('begins twice', one);
    if (one.ph !== 'b' && open.get(key)?.name !== one.name) fault('has not begun', one);
    if (one.ph === 'b') open.set(key, one);
    if (one.ph === 'e') open.delete(key);
  }
  for (const one of open.values()) fault('never ends', one);

  const arrows: [string, string][] = [];
  const begun = new Map<string, Told>();
  for (const one of of('s', 'f')) {
    if (!(slices.get(thread(one)) ?? []).some(({ begin, end }) => begin <= one.ts! && one.ts! <= end))
      fault('an arrow that no slice holds', one);
    if (one.ph === 's' && begun.has(one.id!)) fault('a second arrow of that id', one);
    if (one.ph === 's') begun.set(one.id!, one);
    if (one.ph !== 'f') continue;
    const from = begun.get(one.id!);
    if (from === undefined || from.ts! > one.ts! || from.name !== one.name || one.bp !== 'e')
      fault('an end of no arrow', one);
    else arrows.push([names.get(thread(from))!, names.get(thread(one))!]);
    begun.delete(one.id!);
    begun.set(one.id!, one);
  }
  for (const [id, one] of begun) if (one.ph === 's') faults.push(`arrow ${id} never ends`);
  return { events, faults, arrows };
}

function thread({ pid, tid }: Told): string {
  return `${pid} ${tid}`;
}
