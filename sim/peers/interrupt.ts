/** Waiting for real events while the user may want to stop. */

/** Milliseconds between two looks at whether the user wants to stop. */
const lookEveryMs = 50;

/** Calls `stop` once, as soon as `interrupted` says so. @returns ends the looking */
export function whenInterrupted(interrupted: () => boolean, stop: () => void): () => void {
  const timer = setInterval(() => {
    if (!interrupted()) return;
    clearInterval(timer);
    stop();
  }, lookEveryMs);
  return () => clearInterval(timer);
}
