/** How a command ends, as a number: the same for every command. */
export const exitCodes = {
  held: 0,
  violated: 1,
  usedWrongly: 2,
  /** simtls broke its own promise: a replay that differs. */
  promiseBroken: 3,
  /** Something needed is missing. */
  missing: 4,
  /** All held, and something that the runs are about was never reached. */
  unreached: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with a message on standard error. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
