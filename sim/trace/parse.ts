/** Lines of trace files, read again. */
import type { TraceEvent } from './event.js';

/** The line that a run begins with in a trace file. */
export interface TraceHead {
  readonly run: { readonly scenario?: string; readonly seed?: string; readonly profile?: string };
}

/** Each kind of event, with what it must have, beside its place, for others to read it. */
const slots: Readonly<Record<TraceEvent['kind'], readonly (readonly [name: string, type: 'string' | 'number'])[]>> = {
  process: [
    ['what', 'string'],
    ['run', 'number'],
  ],
  step: [
    ['what', 'string'],
    ['call', 'string'],
  ],
  connection: [
    ['what', 'string'],
    ['connection', 'number'],
    ['peer', 'string'],
    ['ssl', 'number'],
  ],
  data: [
    ['what', 'string'],
    ['connection', 'number'],
    ['length', 'number'],
  ],
  file: [
    ['what', 'string'],
    ['path', 'string'],
  ],
  balancer: [
    ['what', 'string'],
    ['server', 'string'],
  ],
  fault: [
    ['fault', 'string'],
    ['action', 'string'],
  ],
  violation: [
    ['invariant', 'string'],
    ['owner', 'string'],
    ['text', 'string'],
  ],
  made: [
    ['object', 'number'],
    ['type', 'string'],
  ],
  count: [
    ['object', 'number'],
    ['type', 'string'],
    ['count', 'number'],
    ['holder', 'string'],
  ],
  freed: [
    ['object', 'number'],
    ['type', 'string'],
  ],
  callback: [
    ['name', 'string'],
    ['ctx', 'number'],
  ],
  record: [
    ['ssl', 'number'],
    ['direction', 'string'],
  ],
  message: [
    ['ssl', 'number'],
    ['direction', 'string'],
    ['handshakeType', 'number'],
  ],
  alert: [
    ['ssl', 'number'],
    ['direction', 'string'],
    ['level', 'number'],
    ['description', 'number'],
  ],
  decision: [
    ['ssl', 'number'],
    ['side', 'string'],
    ['verdict', 'string'],
    ['code', 'string'],
    ['session', 'number'],
  ],
  claims: [
    ['object', 'number'],
    ['holder', 'string'],
  ],
  'foreign-context': [['session', 'number']],
};
const place: (typeof slots)['process'] = [
  ['n', 'number'],
  ['us', 'number'],
  ['host', 'string'],
  ['step', 'string'],
];

/**
 * What a line of a trace file says. Bytes in it stay the hex that they were written as.
 * @returns the event, the head of a run, or why it is neither
 */
export function traceLineOf(line: string): TraceEvent | TraceHead | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'expected a JSON object';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object';
  const given = new Map<string, unknown>(Object.entries(value));
  const head = given.get('run');
  if (typeof head === 'object' && head !== null) return value as TraceHead; // names for people: each is looked at before it is used
  const kind = given.get('kind');
  if (typeof kind !== 'string' || !Object.hasOwn(slots, kind))
    return `expected an event, found the kind ${JSON.stringify(kind)}`;
  const own = slots[kind as TraceEvent['kind']]; // looked at just now
  const wrong = [...place, ...own].find(([name, type]) => {
    const found = given.get(name);
    return type === 'number' ? !Number.isSafeInteger(found) : typeof found !== 'string';
  });
  if (wrong !== undefined) return `expected a ${wrong[1]} for "${wrong[0]}" of an event of the kind ${kind}`;
  return value as TraceEvent; // every slot that is read was looked at
}
