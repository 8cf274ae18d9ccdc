/** JSON of whoever it may be, before anything looks at it: not too large, not too deep, and no key that would change an object's nature. */
import { PlanError } from '../plan/index.js';

/** Characters of a file: the largest plan that is taken has some 20 million. */
const charactersMax = 64 * 2 ** 20;
/** Lists and objects within each other. A plan with the body of a callback in the body of a callback has some 20. */
const depthMax = 100;
const refusedKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * What `text` stands for.
 * @throws PlanError naming what is wrong with it
 */
export function parseJson(text: string): unknown {
  if (text.length > charactersMax) throw new PlanError('', `at most ${charactersMax} characters`, `${text.length}`);
  checkDepth(text);
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (!refusedKeys.includes(key)) return value;
      throw new PlanError('', `no key "${key}" anywhere, which every object has already`, `"${key}"`);
    });
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    throw new PlanError('', 'JSON', cause instanceof Error ? cause.message : 'something else');
  }
}

function checkDepth(text: string): void {
  let [depth, quoted] = [0, false];
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (quoted) {
      if (character === '\\') i += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > depthMax) {
        throw new PlanError('', `at most ${depthMax} lists and objects within each other`, `more at character ${i}`);
      }
    } else if (character === ']' || character === '}') depth -= 1;
  }
}
