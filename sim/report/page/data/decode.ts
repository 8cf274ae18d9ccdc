/** From what stands in the page to a run in typed arrays. */
import {
  type EventKind,
  eventKinds,
  headElement,
  payloadElement,
  type ReportData,
  type RunHead,
  reportFormat,
  type SectionName,
} from '../../data.js';
import { countVarints, readVarints } from '../../varints.js';

/** The columns of a run as they were written, and the texts they point to. */
export interface Columns {
  readonly count: number;
  readonly kind: Uint8Array;
  /** Virtual microseconds since the start. */
  readonly us: Float64Array;
  readonly host: Int32Array;
  readonly step: Int32Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
  readonly e: Int32Array;
  readonly strings: readonly string[];
  readonly looks: {
    readonly at: Int32Array;
    readonly object: Int32Array;
    readonly field: Int32Array;
    readonly value: Int32Array;
  };
  readonly names: readonly (readonly [host: string, run: number, object: number, name: string])[];
  readonly calls: ReadonlyMap<string, string>;
  readonly bytes: readonly unknown[];
}

export const codeOf: Readonly<Record<EventKind, number>> = Object.fromEntries(
  eventKinds.map((kind, code) => [kind, code]),
) as Record<EventKind, number>; // every kind is in it

/** @throws Error where the page has no data, or such of another format */
export function readHead(): ReportData {
  const text = document.getElementById(headElement)?.textContent;
  if (text === undefined || text === null) throw new Error('there is no report in this page');
  const data = JSON.parse(text) as ReportData; // its format is looked at next
  if (data.format !== reportFormat) throw new Error(`this page reads ${reportFormat}, and it has ${data.format}`);
  return data;
}

export async function readColumns(head: RunHead, run: number): Promise<Columns> {
  const element = document.getElementById(payloadElement(run));
  const bytes = await inflated(element?.textContent ?? '');
  element?.remove();
  const sections = new Map<SectionName, Uint8Array>();
  let at = 0;
  for (const [name, length] of head.sections) {
    sections.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  const of = (name: SectionName): Uint8Array => sections.get(name) ?? new Uint8Array(0);
  const numbers = (name: SectionName, count: number): Int32Array => {
    const target = new Int32Array(count);
    readVarints(of(name), target);
    return target;
  };
  const json = (name: SectionName): never[] => JSON.parse(new TextDecoder().decode(of(name)) || '[]') as never[];
  const { events: count } = head;
  const kind = new Uint8Array(count);
  readVarints(of('kind'), kind);
  const us = new Float64Array(count);
  readVarints(of('us'), us);
  for (let i = 1; i < count; i += 1) us[i] = (us[i] ?? 0) + (us[i - 1] ?? 0);
  const looked = countVarints(of('lookAt'));
  const at_ = numbers('lookAt', looked);
  for (let i = 1; i < looked; i += 1) at_[i] = (at_[i] ?? 0) + (at_[i - 1] ?? 0);
  return {
    count,
    kind,
    us,
    host: numbers('host', count),
    step: numbers('step', count),
    a: numbers('a', count),
    b: numbers('b', count),
    c: numbers('c', count),
    d: numbers('d', count),
    e: numbers('e', count),
    strings: json('strings'),
    looks: {
      at: at_,
      object: numbers('lookObject', looked),
      field: numbers('lookField', looked),
      value: numbers('lookValue', looked),
    },
    names: json('names'),
    calls: new Map(json('calls')),
    bytes: json('bytes'),
  };
}

async function inflated(base64: string): Promise<Uint8Array> {
  if (base64 === '') return new Uint8Array(0);
  const stream = new Blob([fromBase64(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64; // newer browsers have it
  if (native !== undefined) return native.call(Uint8Array, base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
