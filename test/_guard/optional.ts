/** What a user has who has installed nothing else: the packages that come with simtls, and no optional one. */
import { type Finding, finding, type GuardedFile } from './file.js';

/** Where a user's import, or the command, comes in. */
const entries = ['src/index.ts', 'sim/index.ts', 'sim/testing/index.ts', 'sim/cli/main.ts'];

/** Each import, on the way from an entry, of a package that need not be there: Node would refuse the entry itself. */
export function checkOptional(files: readonly GuardedFile[], installed: ReadonlySet<string>): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(entries);
  const findings: Finding[] = [];
  for (const path of reached) {
    const file = byPath.get(path);
    for (const found of file?.imports ?? []) {
      if (file === undefined || found.typeOnly || found.form === 'dynamic') continue;
      if (found.target !== undefined) reached.add(found.target);
      else if (!found.specifier.startsWith('node:') && !installed.has(packageOf(found.specifier))) {
        findings.push(finding('optional', file, found.line, `whoever imports simtls has no ${found.specifier}`));
      }
    }
  }
  return findings;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
