/** Opens a file in what the system has for it. */
import { spawn } from 'node:child_process';

export function openFile(path: string): void {
  const [program, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform as string] ?? [
    'xdg-open',
  ];
  const child = spawn(program ?? 'xdg-open', [...args, path], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined); // there is none: its path was told
  child.unref();
}
