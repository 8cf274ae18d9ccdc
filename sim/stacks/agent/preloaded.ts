/** What was preloaded into the process of a libssl: a clock and a memory that the simulation has in hand. */
import type { LibraryHandle } from 'koffi';
import type { Pointer } from './library.js';

/** tools/clock.c: `set` takes microseconds since the epoch. */
export interface PreloadedClock {
  readonly set: (us: bigint) => void;
  readonly move: (us: bigint) => void;
}

/** tools/memory.c has what each does. */
export interface PreloadedMemory {
  readonly watch: (on: number) => void;
  readonly count: () => number;
  readonly file: (at: number) => string;
  readonly line: (at: number) => number;
  readonly name: (at: number, ofAnySize: number, onBehalfOf: string | null) => number;
  readonly ask: (allocates: Pointer) => void;
}

/** @param path - of a library that was just loaded, and has allocated nothing yet */
export function preloadedMemory(handle: LibraryHandle, path: string | null): PreloadedMemory | undefined {
  try {
    if (path !== null) handle.func('simtls_memory_take', 'void', ['str'])(path);
    if (handle.func('simtls_memory_taken', 'int', [])() !== 1) return undefined;
    return {
      watch: handle.func('simtls_memory_watch', 'void', ['int']),
      count: handle.func('simtls_memory_count', 'int', []),
      file: handle.func('simtls_memory_file', 'str', ['int']),
      line: handle.func('simtls_memory_line', 'int', ['int']),
      name: handle.func('simtls_memory_name', 'int', ['int', 'int', 'str']),
      ask: handle.func('simtls_memory_ask', 'void', ['void *']),
    };
  } catch {
    return undefined;
  }
}

/** The clock of the whole process, where it is there. */
export function preloadedClock(handle: LibraryHandle): PreloadedClock | undefined {
  try {
    // A library that was loaded by its path has its own way to the time: it is led to this one too.
    handle.func('simtls_clock_redirect', 'void', [])();
    const set = handle.func('simtls_clock_set', 'void', ['int64_t']);
    return { set, move: handle.func('simtls_clock_move', 'void', ['int64_t']) };
  } catch {
    return undefined;
  }
}
