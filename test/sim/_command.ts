/** Runs a command line in this process. */
import { Readable } from 'node:stream';
import { command } from '../../sim/cli/command.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param realMs - the real clock, of which commands speak in progress and limits */
export async function simtls(args: readonly string[], input = '', realMs = (): number => 0): Promise<Said> {
  const said = { out: '', err: '' };
  const out = (text: string): void => {
    said.out += text;
  };
  const err = (text: string): void => {
    said.err += text;
  };
  const code = await command(args, {
    out,
    outBytes: (bytes) => out(Buffer.from(bytes).toString('latin1')),
    err,
    streams: { stdin: Readable.from([input]), stdout: { write: out }, stderr: { write: err } },
    readInput: () => input,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    processors: 1,
    realMs,
    breathe: async () => {},
    interrupted: () => false,
  });
  return { code, ...said };
}
