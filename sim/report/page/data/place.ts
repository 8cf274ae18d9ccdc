/**
 * What the address says after `#`: the moment, `#e=1234`; in a campaign's report the run before it, `#r=0&e=1234`; of two runs `e` is an event
 * of the left one, `f` of the right.
 */

export interface Place {
  /** Of a campaign's report: undefined for the campaign itself. */
  readonly run?: number | undefined;
  readonly event?: number | undefined;
  /** Of the right one of two runs. */
  readonly right?: number | undefined;
}

const letters = [
  ['run', 'r'],
  ['event', 'e'],
  ['right', 'f'],
] as const;

export function readPlace(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  return Object.fromEntries(letters.map(([name, letter]) => [name, numberIn(words.get(letter))]));
}

export function writePlace(place: Place): string {
  const words = letters.flatMap(([name, letter]) => (place[name] === undefined ? [] : [`${letter}=${place[name]}`]));
  return `#${words.join('&')}`;
}

function numberIn(text: string | null): number | undefined {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
