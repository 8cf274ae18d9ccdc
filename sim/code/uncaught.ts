/** What code under test throws where nobody catches it: a run takes it, so that it is a finding and not the end of Node. */
import { CodeError } from './error.js';

/**
 * Hands every uncaught exception and unhandled rejection of this Node process to `told`, until the function that it returns is called.
 * @throws CodeError `CODE_BUSY` where somebody does so already
 */
export function captureUncaught(told: (cause: unknown) => void): () => void {
  if (process.hasUncaughtExceptionCaptureCallback()) {
    throw new CodeError(
      'CODE_BUSY',
      'one run with code under test at a time in one Node process, since what the code throws could be either’s: await the other first',
    );
  }
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', told);
  process.setUncaughtExceptionCaptureCallback(told);
  return () => {
    process.setUncaughtExceptionCaptureCallback(null);
    process.off('unhandledRejection', told);
    for (const other of others) process.on('unhandledRejection', other);
  };
}
