/** The variables of an exported test. */
import { wrapped } from './literals.js';
import type { Variable } from './names.js';
import { identifiers } from './parts.js';

/** A line of a test is no longer, less the indentation of a step. */
const statementWidth = 75;

/** The handles and bytes of the program that a text uses, declared; `lead` stands before each. */
export function programVariables(
  body: string,
  { variables, lead }: { readonly variables: ReadonlyMap<string, Variable>; readonly lead: string },
): string {
  const used = identifiers(body);
  const named = (wanted: Variable['kind']): readonly string[] => {
    const names = [...variables.values()].filter(({ kind }) => kind === wanted).map(({ text }) => text);
    return names.filter((text) => used.has(text));
  };
  const list = (type: string, items: readonly string[]): readonly string[] =>
    items.length === 0
      ? []
      : wrapped(`${type} ${items.join(', ')};`, statementWidth - 4).map((line, index) =>
          index === 0 ? `${lead}${line}` : `${lead === 'static ' ? '' : lead}    ${line}`,
        );
  const pointer = (text: string): string => `*${text} = NULL`;
  const lines = [
    ...list('SSL_CTX', named('ctx').map(pointer)),
    ...list('SSL', named('ssl').map(pointer)),
    ...list('SSL_SESSION', named('session').map(pointer)),
    ...list(
      'struct bytes',
      named('bytes').map((text) => `${text} = { NULL, 0 }`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What the statements of a function keep values in, declared at its top. */
export function ownDeclarations(body: string): string {
  const used = identifiers(body);
  const lines = Object.entries(ownVariables).flatMap(([name, declaration]) => (used.has(name) ? [declaration] : []));
  return lines.map((line) => `    ${line}\n`).join('');
}

/** What statements keep a value in. */
const ownVariables: Readonly<Record<string, string>> = {
  ret: 'long ret;',
  number: 'unsigned long long number;',
  turns: 'int turns[3];',
  text: 'const char *text;',
  data: 'const unsigned char *data;',
  encoded: 'unsigned char *encoded;',
  place: 'void *place;',
  length: 'unsigned int length;',
  size: 'size_t size;',
  cipher: 'const SSL_CIPHER *cipher;',
  into: 'SSL_SESSION *into;',
  unnamed_ctx: 'SSL_CTX *unnamed_ctx;',
  unnamed_ssl: 'SSL *unnamed_ssl;',
  unnamed_session: 'SSL_SESSION *unnamed_session;',
};
