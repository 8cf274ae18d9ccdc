/** What a file imports: read from its tokens, resolved to files of the repository. */
import { posix } from 'node:path';
import type { Token } from './tokens.js';

export interface Import {
  /** As written: `../wire/index.js`, `node:fs`, `simtls/sim`. */
  readonly specifier: string;
  /** The names taken, as the other file calls them; empty for `import 'x'` and `import * as x`. */
  readonly names: readonly string[];
  /** `import type` and `export type`: nothing of it is left at run time. `{ type A }` alone leaves the import. */
  readonly typeOnly: boolean;
  readonly form: 'import' | 'export' | 'export-star' | 'dynamic';
  readonly line: number;
}

/** The imports among `code`, a file's tokens without comments, in order. */
export function importsOf(code: readonly Token[]): Import[] {
  const found: Import[] = [];
  code.forEach((token, i) => {
    if (token.kind !== 'name' || code[i - 1]?.text === '.') return;
    const next = code[i + 1];
    if (token.text === 'import' && next?.text === '(') {
      const what = code[i + 2];
      if (what?.kind === 'string') {
        found.push({ specifier: what.text, names: [], typeOnly: false, form: 'dynamic', line: token.line });
      }
    } else if (token.text === 'import' && next?.kind === 'string') {
      found.push({ specifier: next.text, names: [], typeOnly: false, form: 'import', line: token.line });
    } else if (token.text === 'import' && next?.text !== '.') {
      pushClause(found, code, i, 'import');
    } else if (token.text === 'export' && next !== undefined && /^(\{|\*|type)$/.test(next.text)) {
      const star = next.text === '*' || (next.text === 'type' && code[i + 2]?.text === '*');
      if (star || next.text === '{' || code[i + 2]?.text === '{') {
        pushClause(found, code, i, star ? 'export-star' : 'export');
      }
    }
  });
  return found;
}

/** `import …  from 'x'` or `export … from 'x'` that begins at `start`; an export without `from` is none. */
function pushClause(found: Import[], code: readonly Token[], start: number, form: Import['form']): void {
  let end = start + 1;
  while (end < code.length && code[end]?.text !== ';' && code[end]?.kind !== 'string') end += 1;
  const from = code[end];
  if (from?.kind !== 'string' || code[end - 1]?.text !== 'from') return;
  const clause = code.slice(start + 1, end - 1);
  const typeOnly = clause[0]?.text === 'type' && clause[1] !== undefined && clause[1].text !== ',';
  const names = clause
    .filter((token, i) => token.kind === 'name' && token.text !== 'as' && clause[i - 1]?.text !== 'as')
    .map((token) => token.text)
    .filter((text) => text !== 'type');
  found.push({ specifier: from.text, names, typeOnly, form, line: code[start]?.line ?? 0 });
}

/** The package's own names, as package.json exports them. */
const ownNames: Readonly<Record<string, string>> = { simtls: 'src/index.ts', 'simtls/sim': 'sim/index.ts' };

/** The repository's file that `specifier` names in the file `path`; undefined for packages and Node's modules. */
export function resolve(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return ownNames[specifier];
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}
