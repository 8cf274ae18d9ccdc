/** A moment as lines of a terminal: hosts as columns, arrows between them, what changed, and how things stand. */
import type { Moment, Standing } from './moments.js';

export interface Labels {
  /** The name of an object, as the run's steps bound it; undefined where it has none. */
  nameOf(host: string, run: number, object: number): string | undefined;
  /** A call with its arguments; undefined where no more is known of it than its name. */
  callOf(step: string): string | undefined;
}

/** Columns between two hosts at least. */
const columnMin = 18;
const columnMax = 60;
/** Hosts that are shown as columns: of more than these, arrows are told in words. */
const hostsMax = 8;

/** `0.144089 s  client-5  handshake($ssl1): ok`. */
export function headLine({ us, host, step, call, outcome }: Moment, labels: Labels): string {
  const known = labels.callOf(step) ?? call;
  const what = known === '' ? '' : `  ${known}`;
  const ended = outcome === '' ? '' : `: ${outcome}`;
  return `${(us / 1_000_000).toFixed(6)} s  ${step === '' ? host || 'the world' : step}${what}${ended}`;
}

/** What is seen in a moment: lines under the hosts, then what it told and changed. */
export function momentLines(
  moment: Moment,
  hosts: readonly string[],
  labels: Labels,
  width: number,
): readonly string[] {
  const run = (host: string): number => [...moment.changed.values()].find((one) => one.host === host)?.run ?? 1;
  return [
    ...moment.arrows.flatMap((arrow) => arrowLines(arrow, hosts, width)),
    ...moment.told.map(
      (text) =>
        `  ${moment.host === '' ? '' : `${moment.host}: `}${named(text, moment.host, run(moment.host), labels)}`,
    ),
    ...[...moment.changed.values()].map((one) => `  ${standingLine(one, labels, { isChanged: true })}`),
  ];
}

/** The names of the hosts, each over its column. */
export function hostLine(hosts: readonly string[], width: number): string {
  if (hosts.length > hostsMax) return '';
  const step = columnStep(hosts, width);
  return `  ${hosts.map((host) => host.slice(0, step - 1).padEnd(step)).join('')}`.trimEnd();
}

/** `client  ssl1 (ssl#2)  count 1: program`. */
export function standingLine(one: Standing, labels: Labels, { isChanged }: { readonly isChanged: boolean }): string {
  const { host, run, object, type, count, held } = one;
  const name = labels.nameOf(host, run, object);
  const label = name === undefined ? `${type}#${object}` : `${name} (${type}#${object})`;
  const holders = held.map((holder) => named(holder, host, run, labels)).join(', ');
  const stands = count === 0 ? 'is gone' : `count ${count}${holders === '' ? '' : `: ${holders}`}`;
  return `${isChanged ? '*' : ' '} ${host}  ${label}  ${stands}`;
}

function arrowLines(
  { from, to, text, connection }: Moment['arrows'][number],
  hosts: readonly string[],
  width: number,
): readonly string[] {
  const said = `${connection}: ${text}`;
  const [a, b] = [hosts.indexOf(from), hosts.indexOf(to)];
  if (hosts.length > hostsMax || a === b || a < 0 || b < 0) return [`  ${from} → ${to}  ${said}`];
  const step = columnStep(hosts, width);
  const [left, right] = [Math.min(a, b) * step, Math.max(a, b) * step];
  const line: string[] = Array.from({ length: (hosts.length - 1) * step + 1 }, (_, at) =>
    at % step === 0 ? '│' : ' ',
  );
  for (let at = left + 1; at < right; at += 1) line[at] = '─';
  line[b > a ? right - 1 : left + 1] = b > a ? '▶' : '◀';
  const room = right - left - 5;
  if (said.length <= room)
    [...said].forEach((sign, i) => {
      line[left + 3 + i] = sign;
    });
  return [`  ${line.join('')}${said.length <= room ? '' : `  ${said}`}`];
}

function columnStep(hosts: readonly string[], width: number): number {
  const even = Math.floor((width - 4) / Math.max(1, hosts.length));
  return Math.max(columnMin, Math.min(columnMax, even));
}

function named(text: string, host: string, run: number, labels: Labels): string {
  return text.replaceAll(
    /(?:ctx|ssl|session)#(\d+)/gu,
    (label, digits: string) => labels.nameOf(host, run, Number(digits)) ?? label,
  );
}
