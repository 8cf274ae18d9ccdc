#!/usr/bin/env node
/** The command `simtls`: the one place that touches the process it runs in. */
import { readFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { command } from './command.js';
import { exitCodes } from './exit.js';
import type { Io } from './io.js';

let interrupted = false;
process.on('SIGINT', () => {
  if (interrupted) process.exit(exitCodes.interrupted);
  interrupted = true;
});

/** Writes all of it, also to a pipe that is full for the moment. A reader that has gone away ends the command quietly. */
function write(descriptor: number, text: string | Uint8Array): void {
  let left = typeof text === 'string' ? Buffer.from(text) : text;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(descriptor, left));
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'EPIPE') process.exit(process.exitCode ?? 0);
      if (code !== 'EAGAIN') throw cause;
    }
  }
}

const io: Io = {
  out: (text) => write(1, text),
  outBytes: (bytes) => write(1, bytes),
  err: (text) => write(2, text),
  streams: {
    get stdin() {
      return process.stdin; // on demand: being asked for makes it non-blocking, and readInput would find nothing yet
    },
    stdout: { write: (text) => write(1, text) },
    stderr: { write: (text) => write(2, text) },
  },
  readInput: () => readFileSync(0, 'utf8'),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  processors: availableParallelism(),
  realMs: () => performance.now(),
  breathe: async () => {
    await setImmediate();
  },
  interrupted: () => interrupted,
};

process.exitCode = await command(process.argv.slice(2), io);
