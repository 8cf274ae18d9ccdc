/** Virtual time, the event queue and randomness of one world. */
export { streamsMax } from './bytes.js';
export { CodeClock, CodeTimer, type Scheduler, timerDelayMsMax } from './code-clock.js';
export { KernelError, type KernelErrorCode } from './errors.js';
export { defaultEpochMs, Kernel, type KernelOptions, type RunBounds, timeUsMax } from './kernel.js';
export { type EventHandle, eventsMax, pendingEventsMax } from './queue.js';
export { type DrawObserver, Randomness, RandomStream } from './random.js';
export { canonicalSeed, seedCharactersMax } from './seed.js';
