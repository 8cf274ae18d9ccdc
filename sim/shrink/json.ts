/** Places inside JSON, and the same JSON with one of them changed. */
import type { Json } from '../plan/index.js';

/** Keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** Every whole number but 0 in it, depth first. */
export function* numbersIn(json: Json, path: Path = []): Generator<{ readonly path: Path; readonly value: number }> {
  if (typeof json === 'number') {
    if (json !== 0 && Number.isSafeInteger(json)) yield { path, value: json };
    return;
  }
  for (const [key, value] of entriesOf(json)) yield* numbersIn(value, [...path, key]);
}

/** Every key of an object in it, the outer ones first. */
export function* keysIn(json: Json, path: Path = []): Generator<Path> {
  for (const [key, value] of entriesOf(json)) {
    const here = [...path, key];
    if (typeof key === 'string') yield here;
    yield* keysIn(value, here);
  }
}

/** The value at a place; undefined where there is none. */
export function valueAt(json: Json, path: Path): Json | undefined {
  let value: Json | undefined = json;
  for (const key of path) value = entriesOf(value).find(([one]) => one === key)?.[1];
  return value;
}

/** The same with another value at a place, or without that key where the value is undefined. */
export function withAt(json: Json, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  const changed = entriesOf(json).flatMap(([one, old]): [string | number, Json][] => {
    if (one !== key) return [[one, old]];
    if (rest.length === 0 && value === undefined) return [];
    return [[one, withAt(old, rest, value)]];
  });
  return Array.isArray(json) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}

/** The same with every value that is no object or array put by another. */
export function mapped(json: Json, change: (leaf: Json) => Json): Json {
  if (typeof json !== 'object' || json === null) return change(json);
  if (Array.isArray(json)) return json.map((item: Json) => mapped(item, change));
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, mapped(value, change)]));
}

function entriesOf(json: Json | undefined): readonly (readonly [string | number, Json])[] {
  if (typeof json !== 'object' || json === null) return [];
  return Array.isArray(json) ? json.map((item: Json, index) => [index, item] as const) : Object.entries(json);
}
