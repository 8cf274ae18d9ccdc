/** Rules of one file at a time: `export *`, state in modules, tests left out, RFCs that do not exist. */
import { type Finding, finding, type GuardedFile } from './file.js';
import { rfcTitles } from './rfcs.js';

/** `export *`: an index names one by one what others may use. */
export function checkExportStar(files: readonly GuardedFile[]): Finding[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ form }) => form === 'export-star')
      .map(({ line, specifier }) => finding('export-star', file, line, `export * from ${specifier}`)),
  );
}

const growing: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** A variable, or a Map or Set that is not typed as read-only, outside every function and class of a module; programs aside. */
export function checkModuleState(files: readonly GuardedFile[]): Finding[] {
  return files
    .filter((file) => file.layer !== 'test' && !file.tokens[0]?.text.startsWith('#!'))
    .flatMap((file) => {
      const findings: Finding[] = [];
      let depth = 0;
      file.code.forEach((token, i) => {
        if (token.kind === 'punctuation' && /^[{([]$/.test(token.text)) depth += 1;
        if (token.kind === 'punctuation' && /^[})\]]$/.test(token.text)) depth -= 1;
        if (depth !== 0 || token.kind !== 'name') return;
        if (token.text === 'let' || token.text === 'var') {
          findings.push(finding('module-state', file, token.line, `${token.text} ${file.code[i + 1]?.text ?? ''}`));
        }
        if (token.text !== 'const') return;
        const is = file.code.findIndex((later, j) => j > i && (later.text === '=' || later.text === ';'));
        const made = file.code[is + 2]?.text ?? '';
        if (file.code[is + 1]?.text !== 'new' || !growing.has(made)) return;
        if (/^Readonly/.test(file.code[i + 3]?.text ?? '')) return;
        findings.push(finding('module-state', file, token.line, `${file.code[i + 1]?.text ?? ''} is a ${made}`));
      });
      return findings;
    });
}

/** `.only` never; `.skip`, `.failing` and `.todo` with their reason in a comment right above. */
export function checkTestModifiers(files: readonly GuardedFile[]): Finding[] {
  return files
    .filter((file) => file.layer === 'test')
    .flatMap((file) => {
      const comments = new Set(
        file.tokens
          .filter((token) => token.kind === 'comment')
          .map((token) => token.line + token.text.split('\n').length - 1),
      );
      return file.code.flatMap((token, i) => {
        if (token.kind !== 'name' || file.code[i - 1]?.text !== '.') return [];
        if (!/^(test|serial|macro|failing)$/.test(file.code[i - 2]?.text ?? '')) return [];
        if (token.text === 'only') return [finding('test-modifier', file, token.line, 'only some tests would run')];
        if (!/^(skip|failing|todo)$/.test(token.text) || comments.has(token.line - 1)) return [];
        return [finding('test-modifier', file, token.line, `${token.text} without its reason above`)];
      });
    });
}

/** Citations of RFCs that are not in our list: mistyped, or another edition than the one we follow. */
export function checkRfcs(files: readonly GuardedFile[]): Finding[] {
  return files.flatMap((file) =>
    file.tokens
      .filter((token) => token.kind !== 'regex')
      .flatMap((token) =>
        [...token.text.matchAll(/RFC[\s-]?(\d+)/g)]
          .filter((match) => !Object.hasOwn(rfcTitles, match[1] ?? ''))
          .map((match) => finding('rfc', file, token.line, `${match[0]} is not among the RFCs we cite`)),
      ),
  );
}
