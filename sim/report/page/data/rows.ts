/** Which events are shown: by what they are about, and by the words of the filter. */
import { eventKinds } from '../../data.js';
import { codeOf } from './decode.js';
import { objectKey, type Run } from './run.js';
import { alertText, contentName, messageName } from './words.js';

export const groups = [
  { id: 'steps', label: 'Steps', kinds: ['begun', 'ended', 'skipped'] },
  { id: 'messages', label: 'Messages', kinds: ['record', 'message', 'alert', 'data', 'connection'] },
  { id: 'references', label: 'References', kinds: ['made', 'count', 'freed', 'claims', 'foreign-context'] },
  { id: 'decisions', label: 'Decisions', kinds: ['decision', 'callback'] },
  { id: 'world', label: 'World', kinds: ['process', 'file', 'balancer', 'fault', 'violation', 'other'] },
] as const;
export type GroupId = (typeof groups)[number]['id'];

export interface Shown {
  readonly groups: ReadonlySet<GroupId>;
  /** Also what says nothing new: records beside their messages, ends of steps that went well, `made` beside the first count. */
  readonly details: boolean;
  readonly words: string;
}

/** The numbers of the events that are shown, in order. */
export function rowsOf(run: Run, shown: Shown): Int32Array {
  const { count, kind, carries } = run;
  const wanted = new Uint8Array(eventKinds.length);
  for (const group of groups) if (shown.groups.has(group.id)) for (const one of group.kinds) wanted[codeOf[one]] = 1;
  const tests = wordsIn(shown.words).map((word) => testOf(run, word));
  const rows = new Int32Array(count);
  const ok = run.strings.indexOf('ok');
  let length = 0;
  for (let n = 0; n < count; n += 1) {
    const what = kind[n] ?? 0;
    if (wanted[what] === 0) continue;
    if (!shown.details) {
      if (what === codeOf.record && carries[n] === 1) continue;
      if (what === codeOf.ended && (run.b[n] === ok || (run.other[n] ?? -1) >= 0)) continue;
      if (what === codeOf.made) continue;
    }
    if (!tests.every((test) => test(n))) continue;
    rows[length++] = n;
  }
  return rows.slice(0, length);
}

export function wordsIn(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

type Test = (n: number) => boolean;

/** Looks at texts once, and at events by numbers: a million of them are filtered while one types. */
function testOf(run: Run, word: string): Test {
  const negative = word.startsWith('-') && word.length > 1;
  const sought = negative ? word.slice(1) : word;
  const test = plainTest(run, sought);
  return negative ? (n) => !test(n) : test;
}

function plainTest(run: Run, word: string): Test {
  const { kind, a, b, c, d, e, host, step, process } = run;
  const [field, value] = /^(host|step|kind):(.+)$/.exec(word)?.slice(1) ?? [];
  const has = new Uint8Array(run.strings.length);
  for (const [i, text] of run.strings.entries()) if (text.toLowerCase().includes(value ?? word)) has[i] = 1;
  if (field === 'host') return (n) => has[host[n] ?? 0] === 1;
  if (field === 'step') return (n) => has[step[n] ?? 0] === 1;
  const kinds = new Uint8Array(eventKinds.map((one) => (one.includes(value ?? word) ? 1 : 0)));
  if (field === 'kind') return (n) => kinds[kind[n] ?? 0] === 1;
  const objects = objectsNamed(run, word);
  const messages = numbersNamed(word, messageName);
  const contents = numbersNamed(word, contentName);
  const alerts = numbersNamed(word, alertText);
  const isCalled = callsWith(run, word);
  const object = (n: number, slot: Int32Array): boolean =>
    objects.size > 0 && objects.has(objectKey(process[n] ?? 0, slot[n] ?? 0));
  const text = (slot: Int32Array, n: number): boolean => has[slot[n] ?? 0] === 1;
  return (n) => {
    if (text(host, n) || text(step, n) || kinds[kind[n] ?? 0] === 1) return true;
    switch (eventKinds[kind[n] ?? 0]) {
      case 'begun':
        return text(a, n) || isCalled(step[n] ?? 0);
      case 'process':
      case 'data':
      case 'connection':
      case 'other':
        return text(a, n);
      case 'ended':
        return text(a, n) || text(b, n);
      case 'skipped':
      case 'file':
      case 'balancer':
      case 'fault':
        return text(a, n) || text(b, n);
      case 'violation':
        return text(a, n) || text(b, n) || text(c, n);
      case 'made':
      case 'freed':
        return text(b, n) || object(n, a);
      case 'count':
        return text(d, n) || object(n, a);
      case 'callback':
        return text(a, n) || object(n, b) || object(n, c) || object(n, d);
      case 'record':
        return text(b, n) || contents.has(c[n] ?? 0) || object(n, a);
      case 'message':
        return text(b, n) || messages.has(c[n] ?? 0) || object(n, a);
      case 'alert':
        return text(b, n) || alerts.has(d[n] ?? 0) || object(n, a);
      case 'decision':
        return text(b, n) || text(c, n) || text(d, n) || object(n, a) || object(n, e);
      case 'claims':
        return text(e, n) || object(n, a);
      case 'foreign-context':
        return object(n, a) || object(n, b) || object(n, c);
      default:
        return false;
    }
  };
}

/** The objects that a word names: `session#3` in every process, `sess1` where a plan calls one so. */
function objectsNamed(run: Run, word: string): ReadonlySet<number> {
  const found = new Set<number>();
  const digits = /^(?:ctx|ssl|session)#(\d+)$/.exec(word)?.[1];
  if (digits !== undefined) for (const { number } of run.processes) found.add(objectKey(number, Number(digits)));
  for (const [key, name] of run.nameOf) if (name.toLowerCase().includes(word)) found.add(key);
  return found;
}

function numbersNamed(word: string, nameOf: (number: number) => string): ReadonlySet<number> {
  const found = new Set<number>();
  for (let number = 0; number < 256; number += 1) if (nameOf(number).toLowerCase().includes(word)) found.add(number);
  return found;
}

function callsWith(run: Run, word: string): (step: number) => boolean {
  const known = new Map<number, boolean>();
  return (step) => {
    let is = known.get(step);
    if (is === undefined) {
      is =
        run.calls
          .get(run.strings[step] ?? '')
          ?.toLowerCase()
          .includes(word) ?? false;
      known.set(step, is);
    }
    return is;
  };
}

/** The place in `rows` of the last event that is not behind `n`; 0 where there is none. */
export function rowAt(rows: Int32Array, n: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle] ?? 0) <= n) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The same rows with one for event `n`, where it has none. */
export function withRow(rows: Int32Array, n: number): Int32Array {
  const at = rowAt(rows, n);
  if (rows[at] === n) return rows;
  const place = (rows[at] ?? n) < n ? at + 1 : at;
  const more = new Int32Array(rows.length + 1);
  more.set(rows.subarray(0, place));
  more[place] = n;
  more.set(rows.subarray(place), place + 1);
  return more;
}
