/** A program for the node of an OpenSSL line: plays the cases that come on standard input, one a line, with the libssl inside it. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Live, type LiveCase } from './live.js';
import { NativeLibrary } from './live-libssl.js';

const live = new Live(new NativeLibrary());
for await (const line of createInterface({ input: process.stdin })) {
  write(`${JSON.stringify(live.play(JSON.parse(line) as LiveCase))}\n`);
}

/** Waits where the pipe is full. */
function write(line: string): void {
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
