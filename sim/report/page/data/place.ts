/** What the address says after `#`: the run, the moment, and what is looked at beside it: `#r=0&e=1234`. */

export interface Place {
  /** Of a campaign's report: −1 for the campaign itself. */
  readonly run: number | undefined;
  readonly event: number | undefined;
}

export function readPlace(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  return { run: numberIn(words.get('r')), event: numberIn(words.get('e')) };
}

export function writePlace({ run, event }: Place): string {
  const words = [...(run === undefined ? [] : [`r=${run}`]), ...(event === undefined ? [] : [`e=${event}`])];
  return `#${words.join('&')}`;
}

function numberIn(text: string | null): number | undefined {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
