// Task after task on so many processes, each in the middle of one at a time.
import { fork } from 'node:child_process';

/**
 * What comes back is in the order of the tasks.
 * @param script says `ready` once, and an answer to each task that it is sent
 * @param told is handed each answer as it comes
 */
export async function onProcesses(script, { tasks, jobs, told }) {
  const results = new Map();
  const queue = tasks.entries();
  const worker = () =>
    new Promise((resolve, reject) => {
      const child = fork(script);
      let current;
      child.on('error', reject);
      child.on('exit', (code) => (current === undefined ? resolve() : reject(new Error(`a hunt ended with ${code}`))));
      child.on('message', (result) => {
        if (result !== 'ready') {
          results.set(current, result);
          told(result);
        }
        const { value, done } = queue.next();
        current = done ? undefined : value[0];
        if (done) child.disconnect();
        else child.send(value[1]);
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
