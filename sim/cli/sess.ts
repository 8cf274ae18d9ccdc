/** `simtls sess`: session files in words, and from one form into another. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import {
  jsonFromFields,
  pemOf,
  type ReadSession,
  readSessionFile,
  SessionFileError,
  sessionWords,
} from '../session-file/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { OutputFile } from './output-file.js';

interface ConvertOptions {
  readonly to: 'pem' | 'der' | 'json';
  readonly out: string;
}

/** Adds `sess show` and `sess convert`. */
export function addSessionFiles(program: Command, io: Io): void {
  const sess = program
    .command('sess')
    .description('files that hold a session, as openssl s_client -sess_out writes them');
  sess
    .command('show')
    .description('what stands in it, in the words of openssl sess_id -text and more')
    .argument('<file>', 'PEM, DER, base64 or JSON; - is standard input')
    .option('--secrets', 'show the master secret, too')
    .option('--json', 'as JSON, which sess convert reads; with all secrets')
    .addHelpText('after', '\nExample:\n  simtls sess show session.pem')
    .action((path: string, { secrets = false, json = false }: { secrets?: boolean; json?: boolean }) => {
      const { der, fields } = read(path, io);
      io.out(json ? jsonText(fields) : `${sessionWords(fields, der, { secrets }).join('\n')}\n`);
    });
  sess
    .command('convert')
    .description('write it in another form: the same session, byte for byte')
    .argument('<file>', 'PEM, DER, base64 or JSON; - is standard input')
    .addOption(new Option('--to <form>', 'what it becomes').choices(['pem', 'der', 'json']).makeOptionMandatory())
    .option('--out <file>', 'where it goes (- is standard output)', '-')
    .addHelpText('after', '\nExample:\n  simtls sess convert session.pem --to json --out session.json')
    .action((path: string, { to, out }: ConvertOptions) => {
      const written = convert(read(path, io), to);
      const file = new OutputFile(out, 'the session', io, { secret: true });
      file.write(written);
      file.close();
    });
}

function convert({ der, fields }: ReadSession, to: ConvertOptions['to']): Uint8Array | string {
  switch (to) {
    case 'pem':
      return pemOf(der);
    case 'der':
      return der;
    case 'json':
      return jsonText(fields);
  }
}

function jsonText(fields: ReadSession['fields']): string {
  return `${JSON.stringify(jsonFromFields(fields), null, 2)}\n`;
}

function read(path: string, io: Io): ReadSession {
  let file: Uint8Array;
  try {
    file = path === '-' ? io.readInputBytes() : readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
  try {
    return readSessionFile(file);
  } catch (cause) {
    if (!(cause instanceof SessionFileError)) throw cause;
    throw new CommandFailure(exitCodes.usedWrongly, `${path}: ${cause.code}: ${cause.message}`, { cause });
  }
}
