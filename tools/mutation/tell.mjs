// What became of the mutants, for people.
import { whySurvives } from './explained.mjs';
import { stages } from './trials.mjs';

/**
 * Prints a table by file, and the survivors.
 * @param open how many were not tried to the end: they stand with the survivors, so that what is found is found at least
 * @returns how many of a hundred were found
 */
export function tell(results, print, open) {
  const tried = results.filter(({ ignored, found }) => ignored === undefined && found?.stage !== 'loading');
  const files = [...new Set(tried.map(({ file }) => file))];
  const rows = files.map((file) => [file, tried.filter((one) => one.file === file)]);
  const header = ['', 'mutants', ...stages, 'survive', 'explained', 'found'];
  const lines = [...rows, ['all', tried]].map(([name, some]) => row(name, some));
  for (const line of [header, ...lines]) print(line.map((cell, at) => pad(cell, at)).join('  '));
  const can = tried.filter(({ key, found }) => found !== undefined || whySurvives(key) === undefined);
  print(`${share(can).toFixed(1)} % of the ${can.length} that anything could tell from the original`);
  const unknown = tried.filter((one) => one.found === undefined && whySurvives(one.key) === undefined);
  if (open > 0) print(`ended before ${open} of them were tried to the end, which stand under 'survive'`);
  else for (const { key } of unknown) print(`SURVIVES ${key}`);
  const notBuilt = results.length - tried.length;
  if (notBuilt > 0) print(`${notBuilt} not tried: words of errors, or nothing that loads`);
  return share(tried);
}

function row(name, some) {
  const survive = some.filter(({ found }) => found === undefined);
  const by = stages.map((stage) => some.filter(({ found }) => found?.stage === stage).length);
  const known = survive.filter(({ key }) => whySurvives(key) !== undefined).length;
  return [name, some.length, ...by, survive.length, known, `${share(some).toFixed(1)} %`];
}

function share(some) {
  return some.length === 0 ? 100 : (100 * some.filter(({ found }) => found !== undefined).length) / some.length;
}

function pad(cell, at) {
  return at === 0 ? String(cell).padEnd(26) : String(cell).padStart(9);
}
