/**
 * A run as a Mermaid sequence diagram, short enough for an issue: hosts as columns, messages of one flight in one arrow, application
 * data of one direction in one, what repeats as a loop; faults, crashes, decisions and violations as notes.
 */
import type { TraceEvent } from '../trace/index.js';
import { type End, Ends } from './ends.js';
import { Folding } from './folding.js';
import { alertText, messageName, secondsOf } from './words.js';

/** Lines between hosts at most: longer diagrams nobody reads, and GitHub does not draw. */
const linesMax = 60;

/** Stands for all hosts, until it is known how many there are. */
const everywhere = '*';

/** What one host says to another until the other speaks, or it says something else. */
interface Flight {
  readonly end: End;
  readonly what: 'handshake' | 'data' | 'alert';
  readonly names: string[];
  bytes: number;
}

/** Gathers the lines of a diagram from a trace, as it comes. */
export class MermaidWriter {
  readonly #ends = new Ends();
  readonly #hosts: string[] = [];
  readonly #lines: Folding = new Folding(linesMax);
  /** Connections that are open at either end: where there is more than one, arrows say whose they are. */
  readonly #open = new Set<number>();
  #flight: Flight | undefined;

  take(event: TraceEvent): void {
    const end = this.#ends.of(event);
    switch (event.kind) {
      case 'process':
        if (event.what === 'aborted') this.#note(event, 'the process has crashed by its own fault');
        break;
      case 'connection':
        this.#connection(event);
        break;
      case 'message':
        if (end !== undefined && event.direction === 'sent')
          this.#says(end, 'handshake', messageName(event.handshakeType));
        break;
      case 'alert':
        if (end !== undefined && event.direction === 'sent') this.#says(end, 'alert', alertText(event));
        break;
      case 'data':
        if (end !== undefined && event.what === 'sent') this.#says(end, 'data', '', event.length);
        break;
      case 'decision':
        this.#note(event, `${event.side}: session ${event.verdict}: ${event.code}`);
        break;
      case 'fault':
        this.#note(event, `fault ${event.fault}: ${event.action}`);
        break;
      case 'violation':
        this.#note(event, `BROKEN ${event.invariant}: ${event.text}`);
        break;
    }
  }

  /** The whole diagram, line by line, each with its end. */
  *end(): Generator<string, void, undefined> {
    this.#land();
    yield 'sequenceDiagram\n';
    if (this.#hosts.length === 0) this.#hosts.push('the world');
    for (const [i, host] of this.#hosts.entries()) yield `  participant h${i} as ${escaped(host)}\n`;
    const all = this.#hosts.length === 1 ? 'h0' : `h0,h${this.#hosts.length - 1}`;
    for (const line of this.#lines.lines()) yield `  ${line.replace(everywhere, all)}\n`;
    const left = this.#lines.leftOut;
    if (left > 0) yield `  Note over ${all}: ${left} more are not shown\n`;
  }

  #host(name: string): string {
    if (name === '') return everywhere;
    const known = this.#hosts.indexOf(name);
    return `h${known >= 0 ? known : this.#hosts.push(name) - 1}`;
  }

  #connection({ what, connection, host, peer, us }: Extract<TraceEvent, { kind: 'connection' }>): void {
    if (what === 'closed') this.#open.delete(connection);
    if (what !== 'opening') return;
    this.#land();
    this.#open.add(connection);
    const ends = [this.#host(host), this.#host(peer)];
    const text = `connection ${connection}, ${secondsOf(us)}`;
    this.#lines.add({ text: over(ends, text), like: over(ends, 'another connection'), begins: true });
  }

  #says(end: End, what: Flight['what'], name: string, bytes = 0): void {
    const { connection, role } = end;
    const flight = this.#flight;
    const goesOn = flight?.what === what && flight.end.connection === connection && flight.end.role === role;
    if (!goesOn) this.#land();
    this.#flight ??= { end, what, names: [], bytes: 0 };
    if (name !== '') this.#flight.names.push(name);
    this.#flight.bytes += bytes;
  }

  /** What was said is written down: something else follows. */
  #land(): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight === undefined) return;
    const { end, what, names, bytes } = flight;
    const arrow = what === 'alert' ? '--)' : end.role === 'client' ? '->>' : '-->>';
    const way = `${this.#host(end.host)}${arrow}${this.#host(end.peer)}: `;
    const whose = this.#open.size > 1 ? `${end.connection}: ` : '';
    const like = `${way}${what === 'data' ? 'application data' : escaped(counted(names).join(', '))}`;
    const said = what === 'data' ? `application data, ${bytes} bytes` : escaped(counted(names).join(', '));
    this.#lines.add({ text: `${way}${whose}${said}`, like });
  }

  #note({ host, us }: TraceEvent, text: string): void {
    this.#land();
    const like = over([this.#host(host)], text);
    const isRare = !text.includes('session ');
    this.#lines.add({ text: over([this.#host(host)], isRare ? `${text}, ${secondsOf(us)}` : text), like });
  }
}

function over(hosts: readonly string[], text: string): string {
  return `Note over ${[...new Set(hosts)].join(',')}: ${escaped(text)}`;
}

/** The same name twice and more, one behind the other, as one with its number. */
function counted(names: readonly string[]): readonly string[] {
  const told: { readonly name: string; times: number }[] = [];
  for (const name of names) {
    const last = told.at(-1);
    if (last?.name === name) last.times += 1;
    else told.push({ name, times: 1 });
  }
  return told.map(({ name, times }) => (times === 1 ? name : `${times} × ${name}`));
}

/** What would end a text early, or begin something else in it, as Mermaid's entities. */
function escaped(text: string): string {
  return text.replaceAll(/[#;%<>\p{Cc}]/gu, (one) => (one < ' ' ? ' ' : `#${one.codePointAt(0)};`));
}

/**
 * A trace as a Mermaid sequence diagram. Memory does not grow with the trace.
 * @returns the text, line by line, once the trace has ended
 */
export function* toMermaid(trace: Iterable<TraceEvent>): Generator<string, void, undefined> {
  const writer = new MermaidWriter();
  for (const event of trace) writer.take(event);
  yield* writer.end();
}
