/**
 * The C functions that an exported test may need beside its own steps: a part each, under the names that it defines. A test
 * gets those that its text names, and those that these name, in the order of the list.
 */
import { additionParts } from './parts-additions.js';
import { bodyParts } from './parts-bodies.js';
import { clockParts } from './parts-clock.js';
import { exDataParts } from './parts-ex-data.js';
import { fieldParts } from './parts-fields.js';
import { filterParts } from './parts-filters.js';
import { pointParts } from './parts-points.js';
import { returnedParts } from './parts-returned.js';
import { tableParts } from './parts-tables.js';
import { watchParts } from './parts-watch.js';

export interface Part {
  /** The C names by which it is wanted. */
  readonly defines: readonly string[];
  readonly text: string;
  /** Where callbacks have bodies. */
  readonly withBodies?: string;
}

const parts: readonly Part[] = [
  ...clockParts,
  ...watchParts,
  ...exDataParts,
  ...bodyParts,
  ...additionParts,
  ...filterParts,
  ...pointParts,
  ...fieldParts,
  ...tableParts,
  ...returnedParts,
];

/** The texts of the parts that a C text needs, in their order. */
export function partsFor(body: string, { hasBodies }: { readonly hasBodies: boolean }): readonly string[] {
  const textOf = ({ text, withBodies }: Part): string => (hasBodies ? (withBodies ?? text) : text);
  const wanted = new Set<Part>();
  const ask = (text: string): void => {
    const named = identifiers(text);
    for (const part of parts) {
      if (wanted.has(part) || !part.defines.some((name) => named.has(name))) continue;
      wanted.add(part);
      ask(textOf(part));
    }
  };
  ask(body);
  return parts.filter((part) => wanted.has(part)).map(textOf);
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
