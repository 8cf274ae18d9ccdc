/** A file under guard, and what a rule has to say about one. */
import { type Import, importsOf, resolve } from './imports.js';
import { type Token, tokensOf } from './tokens.js';

export interface GuardedFile {
  /** From the root of the repository, with slashes: `src/wire/reader.ts`. */
  readonly path: string;
  /** `src`, `sim`, `scenarios` or `test`. */
  readonly layer: string;
  readonly tokens: readonly Token[];
  /** The tokens without the comments. */
  readonly code: readonly Token[];
  readonly imports: readonly (Import & { readonly target: string | undefined })[];
}

export interface Finding {
  readonly rule: Rule;
  /** `src/wire/reader.ts:12`. */
  readonly place: string;
  readonly text: string;
}

export type Rule =
  | 'direction'
  | 'index'
  | 'cycle'
  | 'export-star'
  | 'name'
  | 'module'
  | 'optional'
  | 'module-state'
  | 'test-modifier'
  | 'rfc';

/** Reads one file. Only `.ts` files have code; of a page (`.md`) the whole text is one comment. */
export function guarded(path: string, text: string): GuardedFile {
  const tokens = path.endsWith('.md')
    ? text.split('\n').map((written, i): Token => ({ kind: 'comment', text: written, line: i + 1 }))
    : tokensOf(text);
  const code = tokens.filter((token) => token.kind !== 'comment');
  const imports = importsOf(code).map((found) => ({ ...found, target: resolve(path, found.specifier) }));
  return { path, layer: path.split('/')[0] ?? '', tokens, code, imports };
}

export function finding(rule: Rule, file: GuardedFile, line: number, text: string): Finding {
  return { rule, place: `${file.path}:${line}`, text };
}
