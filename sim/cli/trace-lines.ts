/** Reads what `--trace` wrote, line by line: a trace need not fit into memory. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CommandFailure, exitCodes } from './exit.js';

export interface TextLine {
  /** Which line of its file it is, from 1. */
  readonly at: number;
  readonly text: string;
}

/** The lines of a file that hold something. @throws CommandFailure where it cannot be read */
export async function* linesOf(path: string): AsyncGenerator<TextLine> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (cause) => text.destroy(cause));
  let at = 0;
  let rest = '';
  try {
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        at += 1;
        if (line !== '') yield { at, text: line };
      }
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
  if (rest !== '') yield { at: at + 1, text: rest };
}

export function noTrace(path: string, line: number, why: string): CommandFailure {
  return new CommandFailure(exitCodes.usedWrongly, `${path} is no trace, plan or finding: line ${line}: ${why}`);
}
