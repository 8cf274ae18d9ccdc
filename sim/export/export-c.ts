/** An API program as one C file: its steps as calls of libssl, over memory BIOs, which print the same observations. */
import { type Program, parseProgram } from '../program/index.js';
import type { Profile } from '../stacks/index.js';
import { commentText, lateDefinitions, wrapped } from './literals.js';
import { mainOf } from './main-function.js';
import { partsFor } from './parts.js';

export interface ExportOptions {
  /** In place of the one that the program names. */
  readonly profile?: Profile | undefined;
  /** What the file is to be called, in the line that says how to build it. Default `test.c`. */
  readonly file?: string | undefined;
}

/** Between ` * ` and the 80th column. */
const commentWidth = 76;

/**
 * The C file of a program.
 * @param value - the program, parsed from JSON
 * @throws ProgramError for what is none; ExportError for what cannot be said in C
 */
export function exportC(
  value: Readonly<Record<string, unknown>>,
  { profile, file = 'test.c' }: ExportOptions = {},
): string {
  const program = parseProgram(value, { profile });
  const { arrays, main } = mainOf(value, program);
  const text = [...arrays.map((array) => `\n${array}\n`), ...partsFor(main), main].join('');
  const late = lateDefinitions(text).map((definition) => `\n${definition}\n`);
  return [header(value, program, file), includes(text), ...late, text].join('');
}

function header(value: Readonly<Record<string, unknown>>, { profile }: Program, file: string): string {
  const name = typeof value['name'] === 'string' ? value['name'] : 'An API program';
  const about =
    'Each step makes one call and prints one line of JSON: what it returned, the errors that libssl queued, callbacks and ' +
    'destructions, and every object with its reference count. The comments say what is expected, of OpenSSL ' +
    `${profile}. Builds with OpenSSL 1.1.1 and later:`;
  const lines = [
    ...wrapped(commentText(name), commentWidth),
    '',
    ...wrapped(about, commentWidth),
    '',
    `    cc ${file} -lssl -lcrypto && ./a.out`,
  ];
  return `/*\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

function includes(text: string): string {
  const limits = /\b(?:INT|UINT|LONG)_(?:MAX|MIN)\b/.test(text) ? '#include <limits.h>\n' : '';
  return (
    '#define OPENSSL_SUPPRESS_DEPRECATED     /* some are since 3.4 */\n\n' +
    `${limits}#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n` +
    '#include <openssl/err.h>\n#include <openssl/ssl.h>\n'
  );
}
