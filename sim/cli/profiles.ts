/** `simtls profiles`: what differs between the OpenSSL lines, since when, and what shows it. */
import type { Command } from 'commander';
import { differences, type ProfileDifference, profileNames } from 'simtls';
import type { Io } from './io.js';

interface ProfilesOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds `profiles`. */
export function addProfiles(program: Command, io: Io): void {
  program
    .command('profiles')
    .description(
      'every difference between the OpenSSL lines 1.1.1, 3.0 and 3.5: since when, and the program or test that shows it',
    )
    .option('--json', 'as a JSON list')
    .option('--markdown', 'as the table of docs/profiles.md')
    .addHelpText('after', '\nExample:\n  simtls profiles --json')
    .action(({ json, markdown }: ProfilesOptions) => {
      if (json === true) io.out(`${JSON.stringify(differences, null, 2)}\n`);
      else if (markdown === true) io.out(`${[...tableHead, ...differences.map(tableRow)].join('\n')}\n`);
      else for (const one of differences) io.out(`${told(one).join('\n')}\n`);
    });
}

function told({ key, what, answers, since, shown }: ProfileDifference): readonly string[] {
  return [
    `${key ?? what}  since ${since.join(', ')}`,
    ...(key === undefined ? [] : [`  ${what}`]),
    ...profileNames.map((name) => `  ${name.padEnd(5)}  ${answers[name]}`),
    'program' in shown
      ? `  shown by program ${shown.program}, step ${shown.step}: ${shown.field}`
      : `  shown by ${shown.test}: ${shown.title}`,
  ];
}

const tableHead: readonly string[] = [
  `| what differs | since | ${profileNames.join(' | ')} | shown by |`,
  `| --- | --- | ${profileNames.map(() => '---').join(' | ')} | --- |`,
];

function tableRow({ what, answers, since, shown }: ProfileDifference): string {
  const link =
    'program' in shown
      ? `[${shown.program}](../scenarios/corpus/programs/${shown.program}.json), step ${shown.step}: \`${shown.field}\``
      : `[${shown.title}](../${shown.test})`;
  return `| ${[what, since.join(', '), ...profileNames.map((name) => answers[name]), link].join(' | ')} |`;
}
