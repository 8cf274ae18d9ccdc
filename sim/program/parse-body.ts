/** The body of a callback, from JSON: what runs in it (`steps`) and what it answers (`returns`). docs/programs.md, "Callbacks with bodies". */
import type { CallbackKeys, CallbackName } from '../stacks/index.js';
import { type ArgumentKind, callbackShapes } from './calls.js';
import type { Argument, ProgramStep } from './parse.js';
import { expected, isRecord, ProgramError, type Site, shown } from './refusal.js';

/** What a callback does each time that libssl calls it. */
export interface Body {
  readonly callback: CallbackName;
  readonly steps: readonly ProgramStep[];
  readonly returns: BodyAnswer;
}

export type BodyAnswer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'number'; readonly value: number }
  /** What libssl had to say itself. */
  | { readonly kind: 'preverify_ok' }
  /** A session by its name, or NULL; `copy` is what `*copy` is set to, where it is. */
  | { readonly kind: 'session'; readonly name: string | null; readonly copy?: number }
  /** What is answered for a ticket to be made, and for one that came under one of the keys; 0 for one under another key. */
  | {
      readonly kind: 'ticket keys';
      readonly seal: number;
      readonly open: number;
      readonly keys: readonly CallbackKeys[];
    }
  /** By the ticket's status. */
  | { readonly kind: 'ticket verdict'; readonly byStatus: ReadonlyMap<number, number> }
  /** Bytes, or null where no id can be made. */
  | { readonly kind: 'id'; readonly id: Uint8Array | null };

/** The statuses of a ticket that a ticket-decrypt callback is told (ssl.h), by their values. */
export const ticketStatuses: Readonly<Record<string, number>> = {
  SSL_TICKET_EMPTY: 3,
  SSL_TICKET_NO_DECRYPT: 4,
  SSL_TICKET_SUCCESS: 5,
  SSL_TICKET_SUCCESS_RENEW: 6,
};

/** Bodies may stand in bodies so deep. */
export const bodyDepthMax = 4;

/** A key's name, then its HMAC key, then its AES key, as SSL_CTX_set_tlsext_ticket_keys takes them. */
const keyNameBytes = 16;
const hmacKeyBytes = 32;
const aesKeyBytes = 32;
const ticketKeyBytes = keyNameBytes + hmacKeyBytes + aesKeyBytes;

export interface BodyParsing {
  readonly callback: Argument | undefined;
  /** Of the step that has the body. */
  readonly site: Site;
  readonly parseStep: (value: unknown, site: Site) => ProgramStep;
  readonly parseArgument: (kind: ArgumentKind, value: unknown, site: Site) => Argument;
}

/** @throws ProgramError */
export function parseBody(step: Readonly<Record<string, unknown>>, parsing: BodyParsing): Body {
  const { callback: named, site } = parsing;
  // The argument was parsed as one of them.
  const callback = (named?.kind === 'word' ? named.word : '') as CallbackName;
  const depth = (site.depth ?? 0) + 1;
  if (depth > bodyDepthMax) throw new ProgramError(site.place, `more than ${bodyDepthMax} bodies in one another`);
  const { given } = callbackShapes[callback];
  const listed = step['steps'] ?? [];
  if (!Array.isArray(listed)) throw new ProgramError(`${site.place}.steps`, `expected a list, found ${shown(listed)}`);
  const steps = listed.map((value: unknown, index) =>
    parsing.parseStep(value, { ...site, place: `${site.place}.steps[${index}]`, given, depth }),
  );
  const place = `${site.place}.returns`;
  return { callback, steps, returns: parseAnswer(callback, step['returns'], { ...site, place, given }, parsing) };
}

function parseAnswer(callback: CallbackName, value: unknown, site: Site, parsing: BodyParsing): BodyAnswer {
  switch (callbackShapes[callback].returns) {
    case 'nothing':
      if (value === undefined || value === null) return { kind: 'nothing' };
      throw new ProgramError(site.place, `a ${callback} callback returns nothing, found ${shown(value)}`);
    case 'number':
      return { kind: 'number', value: numberOf(value, site, parsing) };
    case 'verdict':
      if (value === 'preverify_ok') return { kind: 'preverify_ok' };
      return { kind: 'number', value: numberOf(value, site, parsing) };
    case 'session':
      return parseSession(value, site, parsing);
    case 'ticket keys':
      return parseTicketKeys(value, site, parsing);
    case 'ticket verdict':
      return { kind: 'ticket verdict', byStatus: parseVerdicts(value, site, parsing) };
    case 'id':
      return { kind: 'id', id: parseId(value, site, parsing) };
  }
}

/** A number for every status, or `{ "SSL_TICKET_EMPTY": n, … }` for each of the four. */
function parseVerdicts(value: unknown, site: Site, parsing: BodyParsing): ReadonlyMap<number, number> {
  const names = Object.entries(ticketStatuses);
  if (!isRecord(value)) {
    const verdict = numberOf(value, site, parsing);
    return new Map(names.map(([, status]) => [status, verdict]));
  }
  requireKeys(value, Object.keys(ticketStatuses), site);
  return new Map(
    names.map(([name, status]) => [
      status,
      numberOf(value[name], { ...site, place: `${site.place}.${name}` }, parsing),
    ]),
  );
}

/** Bytes, or 0. */
function parseId(value: unknown, site: Site, { parseArgument }: BodyParsing): Uint8Array | null {
  if (value === 0) return null;
  const argument = parseArgument('bytes', value, site);
  if (argument.kind === 'bytes') return argument.bytes;
  throw expected('bytes ({ "hex": … } or { "text": … }) or 0', value, site);
}

function numberOf(value: unknown, site: Site, { parseArgument }: BodyParsing): number {
  const argument = parseArgument('int', value, site);
  return argument.kind === 'number' ? Number(argument.value) : 0;
}

/** `null`, `"$x"`, or `{ "session": "$x", "copy": 0 }`. */
function parseSession(value: unknown, site: Site, parsing: BodyParsing): BodyAnswer {
  if (!isRecord(value)) return { kind: 'session', name: sessionName(value, site, parsing) };
  requireKeys(value, ['session', 'copy'], site);
  return {
    kind: 'session',
    name: sessionName(value['session'], { ...site, place: `${site.place}.session` }, parsing),
    copy: numberOf(value['copy'], { ...site, place: `${site.place}.copy` }, parsing),
  };
}

function sessionName(value: unknown, site: Site, { parseArgument }: BodyParsing): string | null {
  const argument = parseArgument('session?', value, site);
  return argument.kind === 'name' ? argument.name : null;
}

/** `{ "seal": 1, "open": 1, "keys": [{ "hex": … }, …] }`: sealed with the first, opened with that of the ticket's name. */
function parseTicketKeys(value: unknown, site: Site, parsing: BodyParsing): BodyAnswer {
  if (!isRecord(value)) throw expected('{ "seal": n, "open": n, "keys": […] }', value, site);
  requireKeys(value, ['seal', 'open', 'keys'], site);
  const keys = value['keys'];
  const place = `${site.place}.keys`;
  if (!Array.isArray(keys) || keys.length === 0) throw expected('a list of keys', keys, { ...site, place });
  return {
    kind: 'ticket keys',
    seal: numberOf(value['seal'], { ...site, place: `${site.place}.seal` }, parsing),
    open: numberOf(value['open'], { ...site, place: `${site.place}.open` }, parsing),
    keys: keys.map((key: unknown, index) => ticketKey(key, { ...site, place: `${place}[${index}]` }, parsing)),
  };
}

function ticketKey(value: unknown, site: Site, { parseArgument }: BodyParsing): CallbackKeys {
  const argument = parseArgument('bytes', value, site);
  const bytes = argument.kind === 'bytes' ? argument.bytes : undefined;
  if (bytes?.length !== ticketKeyBytes) {
    throw expected(
      `${ticketKeyBytes} bytes ({ "hex": … } or { "text": … })`,
      bytes === undefined ? value : bytes,
      site,
    );
  }
  const hmacEnd = keyNameBytes + hmacKeyBytes;
  return {
    name: bytes.subarray(0, keyNameBytes),
    hmacKey: bytes.subarray(keyNameBytes, hmacEnd),
    aesKey: bytes.subarray(hmacEnd),
  };
}

function requireKeys(value: Readonly<Record<string, unknown>>, keys: readonly string[], { place }: Site): void {
  const other = Object.keys(value).find((key) => !keys.includes(key));
  if (other !== undefined) throw new ProgramError(`${place}.${other}`, `expected one of ${keys.join(', ')}`);
}
