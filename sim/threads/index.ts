export { serveTasks, threadSettings } from './serve.js';
export { onThreads, ThreadError, type ThreadFailure, type ThreadsOptions } from './threads.js';
