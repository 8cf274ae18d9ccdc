/** In how many runs each thing came about that the runs are about; what never did is named by itself. */
export interface CameTo {
  readonly source: string;
  readonly runs: number;
  /** How often what was reached. */
  readonly reached: Iterable<readonly [what: string, count: number]>;
  readonly never: readonly string[];
}

export function cameToThat(
  { source, runs, reached, never }: CameTo,
  red: (text: string) => string = (text) => text,
): string {
  const came = [...reached].filter(([, count]) => count > 0).map(([what, count]) => `${what} ${count}`);
  const rest = never.length === 0 ? '' : `${red('never')}: ${never.join(', ')}\n`;
  return `\nof ${runs} runs of ${source}: ${came.join(', ') || 'nothing of what they are about'}\n${rest}`;
}
