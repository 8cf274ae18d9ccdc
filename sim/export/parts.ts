/**
 * The C functions that an exported test may need beside its own steps: a part each, under the names that it defines. A test
 * gets those that its text names, and those that these name, in the order of the list.
 */
import { additionParts } from './parts-additions.js';
import { returnedParts } from './parts-returned.js';
import { watchParts } from './parts-watch.js';

export interface Part {
  /** The C names by which it is wanted. */
  readonly defines: readonly string[];
  readonly text: string;
}

const parts: readonly Part[] = [...watchParts, ...additionParts, ...returnedParts];

/** The texts of the parts that a C text needs, in their order. */
export function partsFor(body: string): readonly string[] {
  const wanted = new Set<Part>();
  const ask = (text: string): void => {
    const named = identifiers(text);
    for (const part of parts) {
      if (wanted.has(part) || !part.defines.some((name) => named.has(name))) continue;
      wanted.add(part);
      ask(part.text);
    }
  };
  ask(body);
  return parts.filter((part) => wanted.has(part)).map(({ text }) => text);
}

/** What the parts define at file scope. */
export function namesOfParts(): readonly string[] {
  return parts.flatMap(({ defines }) => defines);
}

/** Every name in a C text but those of members: what stands in comments and strings is none. */
export function identifiers(text: string): ReadonlySet<string> {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ' ');
  return new Set(code.match(/(?<![\w.]|->)[A-Za-z_]\w*/g) ?? []);
}
