/** C: a callback with a body, as a function of its own. */

import { type Body, ticketStatuses } from '../program/index.js';
import { ownDeclarations } from './declarations.js';
import { bytesLiteral, cArray, cNumber, cString, fitted, wrapped } from './literals.js';
import type { StepSite, Writer } from './writer.js';

export interface CallbackSite {
  readonly writer: Writer;
  /** Of the `sim_on`. */
  readonly site: StepSite;
  /** It is a connection's own. */
  readonly isConnection: boolean;
}

export interface CallbackFunction {
  readonly text: string;
  /** The statement that installs it. */
  installs(object: string): string;
}

/** What libssl calls. */
interface CallbackForm {
  /** The function's type; `NAME` stands for its name. */
  readonly head: string;
  /** How `at_ctx` and `at_ssl` come about, where they are no parameters. */
  readonly ctx?: string;
  readonly ssl?: string;
  /** The line says of which connection it was: a C expression of what else it says, as JSON, or NULL. */
  readonly tells?: string;
  /** A connection may have it of another context than its own: the function knows the one that it was set for. */
  readonly isTaken?: true;
  /** The event that stands in the line of the step. */
  readonly event?: string;
  /** Parameters that C has, and that a body may make no use of. */
  readonly spare: readonly string[];
  readonly setter: string;
  /** The statement that installs it, where the setter takes more than the function. */
  readonly installs?: (object: string, name: string, kind: 'SSL' | 'SSL_CTX') => string;
  /** The session that it is given may be NULL. */
  readonly mayLackSession?: true;
}

const madeWith = 'find(at_ssl)->made_with';

const forms: Readonly<Record<Body['callback'], CallbackForm>> = {
  new: {
    head: 'int NAME(SSL *at_ssl, SSL_SESSION *at_session)',
    ctx: madeWith,
    event: 'happened("new", meet(SESSION, at_session), find(at_ctx));',
    spare: [],
    setter: 'SSL_CTX_sess_set_new_cb',
  },
  remove: {
    head: 'void NAME(SSL_CTX *at_ctx, SSL_SESSION *at_session)',
    event: 'happened("remove", meet(SESSION, at_session), meet(CTX, at_ctx));',
    spare: [],
    setter: 'SSL_CTX_sess_set_remove_cb',
  },
  get: {
    head: 'SSL_SESSION *NAME(SSL *at_ssl, const unsigned char *id, int length, int *copy)',
    ctx: madeWith,
    event: 'name_id(happened("get", NULL, find(at_ctx)), id, length);',
    spare: ['copy'],
    setter: 'SSL_CTX_sess_set_get_cb',
  },
  servername: {
    head: 'int NAME(SSL *at_ssl, int *alert, void *arg)',
    ctx: 'named_by(at_ssl)',
    spare: ['alert', 'arg'],
    setter: 'SSL_CTX_set_tlsext_servername_callback',
  },
  'ticket-key': {
    head:
      'int NAME(SSL *at_ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher_ctx, HMAC_CTX *hmac_ctx, ' +
      'int seals)',
    ctx: madeWith,
    spare: [],
    setter: 'SSL_CTX_set_tlsext_ticket_key_cb',
  },
  'ticket-generate': {
    head: 'int NAME(SSL *at_ssl, void *arg)',
    ctx: madeWith,
    spare: ['arg'],
    setter: 'SSL_CTX_set_session_ticket_cb',
    installs: (object, name) => `see_tickets(${object}, ${name}, NULL);`,
  },
  'ticket-decrypt': {
    head:
      'SSL_TICKET_RETURN NAME(SSL *at_ssl, SSL_SESSION *at_session, const unsigned char *key_name, size_t key_length, ' +
      'SSL_TICKET_STATUS status, void *arg)',
    ctx: madeWith,
    event: 'if (at_session != NULL) meet(SESSION, at_session);',
    spare: ['key_name', 'key_length', 'status', 'arg'],
    setter: 'SSL_CTX_set_session_ticket_cb',
    installs: (object, name) => `see_tickets(${object}, NULL, ${name});`,
    mayLackSession: true,
  },
  'generate-id': {
    head: 'int NAME(SSL *at_ssl, unsigned char *id, unsigned int *id_length)',
    ctx: madeWith,
    spare: ['id', 'id_length'],
    setter: 'SSL_CTX_set_generate_session_id',
  },
  'not-resumable': {
    head: 'int NAME(SSL *at_ssl, int is_forward_secure)',
    ctx: madeWith,
    spare: ['is_forward_secure'],
    setter: 'SSL_CTX_set_not_resumable_session_callback',
  },
  verify: {
    head: 'int NAME(int preverify_ok, X509_STORE_CTX *store)',
    ssl: 'verified_by(store)',
    ctx: madeWith,
    isTaken: true,
    tells: 'verify_args(preverify_ok, store)',
    spare: [],
    setter: 'SSL_CTX_set_verify',
    installs: (object, name, kind) => `${kind}_set_verify(${object}, ${kind}_get_verify_mode(${object}), ${name});`,
  },
  info: {
    head: 'void NAME(const SSL *ssl, int where, int value)',
    ssl: '(SSL *)ssl',
    ctx: madeWith,
    isTaken: true,
    tells: 'info_args(where, value)',
    spare: [],
    setter: 'SSL_CTX_set_info_callback',
  },
  read: point('READ'),
  write: point('WRITE'),
};

/** The BIO's own callback is a part of the test, which runs this one. */
function point(kind: 'READ' | 'WRITE'): CallbackForm {
  return {
    head: 'void NAME(SSL *at_ssl)',
    ctx: madeWith,
    tells: 'NULL',
    spare: [],
    setter: 'at_point',
    installs: (object, name) => `at_point(${object}, ${kind}, ${name});`,
  };
}

/** The function of a callback; what it needs before it is left with the writer. */
export function callbackFunction(body: Body, { writer, site, isConnection }: CallbackSite): CallbackFunction {
  const form = forms[body.callback];
  const { head, ssl, event, tells, spare, setter, mayLackSession = false } = form;
  const name = `on_${body.callback.replaceAll('-', '_')}_${site.path}`;
  const taken = form.isTaken === true && !isConnection ? `${name}_of` : undefined;
  const ctx = taken ?? form.ctx;
  const blocks = body.steps.map((step, number) =>
    writer.block(step, {
      number,
      path: `${site.path}_${number}`,
      raw: site.raw?.steps?.[number],
      told: 'body',
      mayLackSession,
    }),
  );
  const answer = answerOf(body, { writer, site });
  const statements = [...blocks.flat(), ...answer.before, ...answer.gives].join('\n');
  const before = [
    ...(event === undefined ? [] : [event]),
    ...spare.filter((one) => !new RegExp(`\\b${one}\\b`).test(statements)).map((one) => `(void)${one};`),
    ...answer.before,
  ];
  // what SSL_dup has taken over is not the copy's own
  const isOwn = tells !== undefined ? 'at_ssl' : 'find(at_ssl)->asks ? at_ssl : NULL';
  const told = isConnection || tells !== undefined ? isOwn : 'NULL';
  const made = [...blocks.map((lines) => indented(lines, 2)), indented([`body_ends(${answer.shown});`], 2)];
  const text = [
    `\n/* The ${body.callback} callback of step ${site.path.replaceAll('_', '.')}. */\n`,
    taken === undefined ? '' : `static SSL_CTX *${taken};\n\n`,
    wrapped(`static ${head.replace('NAME', name)}`, headWidth).join('\n    '),
    '\n{\n',
    ssl === undefined ? '' : `    SSL *at_ssl = ${ssl};\n`,
    ctx === undefined ? '' : `    SSL_CTX *at_ctx = ${ctx};\n`,
    answer.declares,
    ownDeclarations(statements),
    '\n',
    indented(before, 1),
    ...condition(`body_begins("${body.callback}", at_ctx, ${told}, ${tells ?? 'NULL'})`).map((line) => `    ${line}\n`),
    made.join('\n'),
    '    }\n',
    indented(answer.gives, 1),
    '}\n',
  ].join('');
  const own = isConnection ? setter.replace('SSL_CTX_set', 'SSL_set') : setter;
  const marks = body.callback === 'servername' ? (object: string) => ` find(${object})->names_host = 1;` : () => '';
  const { installs = (object: string) => `${own}(${object}, ${name});${marks(object)}` } = form;
  const kind = isConnection ? 'SSL' : 'SSL_CTX';
  const keeps = (object: string): string => (taken === undefined ? '' : ` ${taken} = ${object};`);
  const asks = (object: string): string => (isConnection && tells === undefined ? ` find(${object})->asks = 1;` : '');
  return { text, installs: (object) => installs(object, name, kind) + keeps(object) + asks(object) };
}

const headWidth = 75;

/** `if (…) {`, in lines that fit. */
function condition(call: string): readonly string[] {
  const lines = fitted(call, headWidth - 'if ('.length - ') {'.length);
  const last = lines.length - 1;
  return lines.map((line, index) => `${index === 0 ? 'if (' : '    '}${line}${index === last ? ') {' : ''}`);
}

/** The preprocessor's lines begin where they are. */
function indented(lines: readonly string[], depth: number): string {
  return lines.map((line) => (line.startsWith('#') ? `${line}\n` : `${'    '.repeat(depth)}${line}\n`)).join('');
}

interface Answer {
  readonly declares: string;
  /** Statements before the body. */
  readonly before: readonly string[];
  /** A C expression: JSON of what is answered. */
  readonly shown: string;
  /** Statements that end the function. */
  readonly gives: readonly string[];
}

/** SSL_MAX_SSL_SESSION_ID_LENGTH. */
const sessionIdBytesMax = 32;

const nothing = { declares: '', before: [] } as const;

function answerOf(body: Body, { writer, site }: Pick<CallbackSite, 'writer' | 'site'>): Answer {
  const { returns } = body;
  switch (returns.kind) {
    case 'nothing':
      return { ...nothing, shown: '"null"', gives: [] };
    case 'number':
      return constant(returns.value, site.raw?.returns);
    case 'preverify_ok':
      return { ...nothing, shown: 'shown_number(preverify_ok)', gives: ['return preverify_ok;'] };
    case 'session': {
      if (returns.name === null) return { ...nothing, shown: '"null"', gives: ['return NULL;'] };
      const session = writer.handle(returns.name);
      if (returns.copy === undefined) {
        return { ...nothing, shown: `shown_session(${session}, NULL)`, gives: [`return ${session};`] };
      }
      const shown = `shown_session(${session}, "${returns.copy}")`;
      return { ...nothing, shown, gives: [`*copy = ${returns.copy};`, `return ${session};`] };
    }
    case 'ticket keys': {
      const { seal, open, keys } = returns;
      const list = `keys_${site.path}`;
      const fields = keys.map(({ name, hmacKey, aesKey }) =>
        [name, hmacKey, aesKey].map(bytesLiteral).join(',\n      '),
      );
      const rows = fields.map((row) => `    { ${row} }`).join(',\n');
      writer.functions.push(`\nstatic const struct ticket_key ${list}[] = {\n${rows}\n};\n`);
      return {
        declares: '    int answer;\n',
        before: [`answer = seals ? ${seal} : has_ticket_key(${list}, ${keys.length}, name) ? ${open} : 0;`],
        shown: 'shown_number(answer)',
        gives: [
          'if (answer > 0)',
          `    use_ticket_key(${list}, ${keys.length}, name, iv, cipher_ctx, hmac_ctx, seals);`,
          'return answer;',
        ],
      };
    }
    case 'ticket verdict': {
      const verdicts = new Set(returns.byStatus.values());
      if (verdicts.size === 1) return constant([...verdicts][0] ?? 0, site.raw?.returns);
      const cases = Object.entries(ticketStatuses).map(
        ([status, value]) => `status == ${status} ? ${returns.byStatus.get(value) ?? 0}`,
      );
      return {
        declares: '    int answer;\n',
        before: ['answer =', ...cases.map((one) => `    ${one} :`), '    0;'],
        shown: 'shown_number(answer)',
        gives: ['return answer;'],
      };
    }
    case 'id': {
      const { id } = returns;
      if (id === null) return constant(0, undefined);
      if (id.length === 0) return { ...nothing, shown: '"\\"\\""', gives: ['*id_length = 0;', 'return 1;'] };
      const list = `id_${site.path}`;
      writer.functions.push(`\n${cArray(list, id)}\n`);
      return {
        ...nothing,
        shown: `shown_hex(${list}, ${id.length})`,
        gives: [
          // libssl has room for no more.
          `memcpy(id, ${list}, ${Math.min(id.length, sessionIdBytesMax)});`,
          `*id_length = ${id.length};`,
          'return 1;',
        ],
      };
    }
  }
}

/** A constant is written as the program has it. */
function constant(value: number, written: unknown): Answer {
  const text = typeof written === 'string' ? written.replaceAll('|', ' | ') : cNumber(value);
  return { ...nothing, shown: cString(String(value)), gives: [`return ${text};`] };
}
