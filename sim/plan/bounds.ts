/** What may be in a plan before anything looks at what it means: not too large, not too deep, nothing that is an object by another name. */
import { PlanError } from './error.js';

/** Characters of a file. The largest plan that is taken has some 20 million. */
const charactersMax: number = 64 * 2 ** 20;
/** Lists and objects within each other: a plan with callbacks within callbacks has some 20. */
const planDepthMax = 64;
/** Every object has them already. */
const refusedKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

interface Place {
  readonly value: object;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What a file's text stands for, before anything looks at what it means.
 * @param depthMax - lists and objects within each other, where it is more than a plan
 * @throws PlanError naming the place
 */
export function parseBounded(text: string, depthMax: number = planDepthMax): unknown {
  if (text.length > charactersMax) throw new PlanError('', `at most ${charactersMax} characters`, String(text.length));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlanError('', 'JSON', cause instanceof Error ? cause.message : 'something else');
  }
  checkBounds(value, depthMax);
  return value;
}

/**
 * Looks at data that may come from anybody, without going deeper than it may: a list in itself is too deep, too.
 * @throws PlanError naming the place
 */
export function checkBounds(root: unknown, depthMax: number = planDepthMax): void {
  const waiting: Place[] = [];
  const look = (value: unknown, pointer: string, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (depth > depthMax) {
      throw new PlanError(shortened(pointer), `at most ${depthMax} lists and objects within each other`, 'more');
    }
    waiting.push({ value, pointer, depth });
  };
  look(root, '', 1);
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { value, pointer, depth } = place;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) look(item, `${pointer}/${index}`, depth + 1);
      continue;
    }
    for (const key of Object.keys(value)) {
      if (refusedKeys.includes(key))
        throw new PlanError(`${pointer}/${key}`, 'no key that every object has', `"${key}"`);
      look((value as Readonly<Record<string, unknown>>)[key], `${pointer}/${escaped(key)}`, depth + 1); // its own key
    }
  }
}

/** RFC 6901 §3. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

const shownMax = 80;

function shortened(pointer: string): string {
  return pointer.length <= shownMax ? pointer : `${pointer.slice(0, shownMax)}…`;
}
