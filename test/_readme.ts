/** Code blocks of a page, run as they stand: each value that a comment states is compared with what came. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The first block of JavaScript or TypeScript, or undefined. */
export function firstBlock(page: string): string | undefined {
  return /^```(?:js|mjs|javascript|ts|typescript)\n(.*?)^```$/ms.exec(page)?.[1];
}

/** A number, a string, a list, … at the start of a comment; what follows it explains. */
const statedValue =
  /^(?:→|=>|prints)?\s*(-?\d[\d_]*|true|false|null|undefined|'[^']*'|"[^"]*"|\[[^\]]*\])(?=$|[\s:;,.(])/;
const binding = /^\s*(?:const|let)\s+(\w+)\s*=/;

/** The block with a check behind each line that states a value, and how many there are. */
export function withChecks(block: string): { source: string; checks: number } {
  let checks = 0;
  const lines = block.split('\n').map((line, index) => {
    const [, code, comment] = /^(.*?\S)\s*\/\/\s*(.*)$/.exec(line) ?? [];
    const value = comment === undefined ? undefined : statedValue.exec(comment)?.[1];
    if (code === undefined || value === undefined) return line;
    checks += 1;
    const place = `line ${index + 1} of the block, \`${code.trim()}\``;
    const check = (got: string): string => `$check(${JSON.stringify(place)}, [${got}].flat(), [${value}].flat());`;
    const name = binding.exec(code)?.[1];
    if (name !== undefined) return `${line}\n${check(name)}`;
    const printed = /^\s*console\.log\((.*)\);?$/.exec(code)?.[1];
    return check(printed ?? code.trim().replace(/;$/, ''));
  });
  const check = `
function $check(place, got, stated) {
  $deepEqual(got, stated, \`\${place}: the page states \${JSON.stringify(stated)}, it came to \${JSON.stringify(got)}\`);
}`;
  return {
    source: `import { deepEqual as $deepEqual } from 'node:assert/strict';\n${lines.join('\n')}\n${check}`,
    checks,
  };
}

/** Runs a module from inside the package, so that its own name resolves. @returns what it wrote to standard error, empty for success */
export function runInside(source: string): string {
  const folder = mkdtempSync(path.join(import.meta.dirname, 'readme-'));
  try {
    const file = path.join(folder, 'block.mjs');
    writeFileSync(file, source);
    const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 });
    return status === 0 ? '' : `exit ${status}\n${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
