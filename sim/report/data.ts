/**
 * What a report shows, as one data object, `simtls-report/1`: the page only reads it. Heads are JSON; what grows with a run (its events, the
 * looks into its objects, the bytes of its messages) lies packed in columns, see `pack.ts`. Types and names alone: the page shares this file.
 */

/** The version of the format. */
export const reportFormat = 'simtls-report/1';

export interface ReportData {
  readonly format: typeof reportFormat;
  /** That made it. */
  readonly simtls: string;
  readonly title: string;
  /** One run; two that are compared; or those of a campaign's findings, each in the place that its group names. */
  readonly runs: readonly RunHead[];
  readonly campaign?: CampaignHead;
  /** What the codes of decisions and the names of invariants in it mean. */
  readonly decisions: Readonly<Record<string, DecisionWords>>;
}

export interface DecisionWords {
  readonly side: string;
  readonly verdict: string;
  readonly means: string;
  readonly where: string;
  readonly helps: string;
}

export interface RunHead {
  readonly title: string;
  /** What it is about, in a sentence; empty where nobody says. */
  readonly about: string;
  readonly seed: string;
  readonly profile: string;
  readonly stack: 'model' | 'libssl';
  readonly defects: readonly string[];
  /** `unknown` where a trace alone does not say which violations were expected. */
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly fingerprint: string;
  /** The command that makes the run again; empty where none does. */
  readonly replay: string;
  readonly events: number;
  readonly virtualSeconds: number;
  readonly drawn: readonly { readonly name: string; readonly value: string }[];
  readonly violations: readonly ReportViolation[];
  /** How many connections came to what; the first of them one by one. A trace alone does not say. */
  readonly outcomes: readonly (readonly [outcome: string, connections: number])[];
  readonly connections: readonly ReportConnection[];
  readonly faults: readonly { readonly id: string; readonly words: string }[];
  /** What this report does not have, in words. */
  readonly notes: readonly string[];
  /** The pieces of its payload in their order, each with its bytes before compression. */
  readonly sections: readonly (readonly [name: SectionName, bytes: number])[];
}

export interface ReportConnection {
  readonly connection: number;
  readonly client: string;
  readonly server: string;
  readonly outcome: string;
  /** The code of the last decision about a session; empty: there was none. */
  readonly decision: string;
  /** The event that opens it; −1: none does. */
  readonly event: number;
}

export interface ReportViolation {
  /** The event that tells it; −1: none does. */
  readonly event: number;
  readonly invariant: string;
  readonly owner: string;
  readonly expected: boolean;
  readonly step: string;
  readonly text: string;
  readonly reason: string;
  readonly source: string;
}

/** A campaign: what it was of, and what it found. */
export interface CampaignHead {
  readonly words: readonly (readonly [name: string, value: string])[];
  readonly runs: number;
  readonly done: boolean;
  readonly groups: readonly CampaignGroup[];
}

export interface CampaignGroup {
  readonly group: string;
  readonly invariant: string;
  readonly owner: string;
  readonly source: string;
  readonly seed: string;
  readonly profile: string;
  /** How many runs failed so, and which was the first, from 1. */
  readonly cases: number;
  readonly first: number;
  readonly steps: number;
  /** Real time from the campaign's begin until it was written down, by the times of files; −1: they do not tell. */
  readonly seconds: number;
  readonly text: string;
  readonly replay: string;
  /** Its run in `runs`; −1: it is not in the report. */
  readonly run: number;
}

/** What an event is; its place here is its code in the column `kind`. Slots are said in `slotsOf`. */
export const eventKinds = [
  'process',
  'begun',
  'ended',
  'skipped',
  'connection',
  'data',
  'file',
  'balancer',
  'fault',
  'violation',
  'made',
  'count',
  'freed',
  'callback',
  'record',
  'message',
  'alert',
  'decision',
  'claims',
  'foreign-context',
  'other',
] as const;
export type EventKind = (typeof eventKinds)[number];

/**
 * What the five slots of an event hold (a to e): `s` a string (its number in `strings`), `i` an integer, `p` how many events before this one the
 * other end's stands (0: nowhere).
 */
export const slotsOf: Readonly<Record<EventKind, string>> = {
  process: 'si', //          what, run
  begun: 's', //             call
  ended: 'sss', //           call, outcome, value
  skipped: 'ss', //          call, reason
  connection: 'si', //       what, connection
  data: 'sii', //            what, connection, length
  file: 'ssi', //            what, path, length
  balancer: 'ss', //         what, server
  fault: 'ss', //            fault, action
  violation: 'sss', //       invariant, owner, text
  made: 'is', //             object, type
  count: 'isis', //          object, type, count, holder
  freed: 'is', //            object, type
  callback: 'siiis', //      name, ctx, session, ssl, id
  record: 'isiip', //        ssl, direction, content type, length, partner
  message: 'isiip', //       ssl, direction, handshake type, length, partner
  alert: 'isiip', //         ssl, direction, level, description, partner
  decision: 'isssi', //      ssl, side and verdict, code, field, session
  claims: 'isiis', //        object, type, count, claims, holder
  'foreign-context': 'iiii', // session, owner, used, ssl
  other: 's', //             the event as JSON
};

/** The columns of events, of looks into objects, and texts as JSON. All but the texts are varints. */
export const sectionNames = [
  'kind',
  'us', //     to the event before
  'host',
  'step',
  'a',
  'b',
  'c',
  'd',
  'e',
  'lookAt', // the event behind which it was looked, to the look before
  'lookObject',
  'lookField',
  'lookValue',
  'strings', // string[]
  'names', //   [host, run, object, name][]
  'calls', //   [step, call][]
  'bytes', //   PackedBytes
] as const;
export type SectionName = (typeof sectionNames)[number];

/** [name, offset, length, value, source, children, problem, inside]; what is empty at the end is left out. */
export type PackedField = readonly [
  name: string,
  offset: number,
  length: number,
  value: string,
  source?: string,
  children?: readonly PackedField[],
  problem?: string,
  inside?: PackedInside,
];
export type PackedInside = readonly [space: 'plaintext' | 'message', bytes: string, fields: readonly PackedField[]];

/** The records of a run with their fields: each once, and by event which it is about. */
export interface PackedBytes {
  /** Each with its bytes in hex, as they left. */
  readonly records: readonly {
    readonly from: string;
    readonly connection: number;
    readonly bytes: string;
    readonly field: PackedField;
  }[];
  /** By event: its record, and the field it is about, counted in the order in which they are written. */
  readonly at: readonly (readonly [event: number, record: number, field: number])[];
  /** Records that would not fit any more. */
  readonly leftOut: number;
}

/** Where in the page each of these stands. */
export const headElement = 'simtls-report';
export const payloadElement = (run: number): string => `simtls-run-${run}`;
