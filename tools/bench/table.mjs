// Tables of rows, the name first.

/**
 * @param columns each a head and what a row shows under it, empty for undefined
 */
export function table(head, rows, columns) {
  const lines = [[head, ...columns.map(([title]) => title)]];
  for (const row of rows) lines.push([row.name, ...columns.map(([, show]) => show(row) ?? '')]);
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  for (const line of lines) {
    const cells = line.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at] + 2)));
    process.stdout.write(`${cells.join('')}\n`);
  }
}

export function whole(number) {
  return number === undefined ? undefined : Math.round(number).toLocaleString('en-US');
}

/** `2.04×`, and behind it what it is to be. */
export function times(number, goal) {
  if (number === undefined) return undefined;
  return `${number.toFixed(2)}×${goal === undefined ? '' : ` of ${Number(goal.toFixed(1))}×`}`;
}
