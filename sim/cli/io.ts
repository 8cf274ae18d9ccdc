/** What a command may touch of the process it runs in: handed in, so that tests run commands without one. */
export interface Io {
  /** Results: standard output. */
  out(text: string): void;
  /** Results that are no text. */
  outBytes(bytes: Uint8Array): void;
  /** Progress and complaints: standard error. */
  err(text: string): void;
  /** The same as streams, for commands that read as they go. */
  readonly streams: {
    readonly stdin: NodeJS.ReadableStream;
    readonly stdout: { write(text: string): unknown };
    readonly stderr: { write(text: string): unknown };
  };
  /** The whole of standard input. */
  readInput(): string;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal that progress goes to. */
  readonly columns: number;
  /** How many threads are worth while. */
  readonly processors: number;
  /** Milliseconds of real time: for progress alone, never for a run. */
  realMs(): number;
  /** Lets signals in. */
  breathe(): Promise<void>;
  /** Whether the user asked to stop. */
  readonly interrupted: () => boolean;
}
