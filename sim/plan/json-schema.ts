/** The schemas by which plans are read, as JSON Schema (2020-12): for editors, and for who makes plans elsewhere. */
import type * as v from 'valibot';
import type { Json } from './plan.js';

type Node = { readonly [key: string]: Json };

/** What is looked at of a schema, or of one of the actions of its pipe. */
interface Part {
  readonly type: string;
  readonly requirement?: unknown;
  readonly pipe?: readonly Part[];
  readonly entries?: Readonly<Record<string, Part>>;
  readonly wrapped?: Part;
  readonly default?: unknown;
  readonly item?: Part;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly value?: Part;
}

/** JSON of any shape, which a lazy schema stands for. */
const anything: Node = {};

/** @throws Error for a kind of schema that no plan has needed yet */
export function jsonSchemaOf(schema: v.GenericSchema): Node {
  return nodeOf(schema as unknown as Part); // valibot's schemas are plain objects of this shape
}

function nodeOf(part: Part): Node {
  const [base, ...actions] = part.pipe ?? [part];
  if (base === undefined) throw new Error('a pipe begins with a schema');
  const node = baseOf(base);
  return Object.assign({}, node, ...actions.map((action) => limitOf(node, action)));
}

function baseOf(part: Part): Node {
  switch (part.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return { type: part.type };
    case 'number':
      return { type: 'number' };
    case 'literal':
      return { const: part.literal as Json }; // plans have texts and numbers there
    case 'picklist':
      return { enum: part.options as readonly Json[] }; // likewise
    case 'array':
      return { type: 'array', items: part.item === undefined ? anything : nodeOf(part.item) };
    case 'record':
      return { type: 'object', additionalProperties: part.value === undefined ? anything : nodeOf(part.value) };
    case 'lazy':
      return anything;
    case 'union':
      return { anyOf: (part.options as readonly Part[]).map(nodeOf) };
    case 'variant':
      return { oneOf: (part.options as readonly Part[]).map(nodeOf) };
    case 'optional':
    case 'exact_optional':
      return part.wrapped === undefined ? anything : nodeOf(part.wrapped);
    case 'strict_object':
      return objectOf(part.entries ?? {});
    default:
      throw new Error(`JSON Schema for ${part.type}: expected a kind that plans have`);
  }
}

function objectOf(entries: Readonly<Record<string, Part>>): Node {
  const keys = Object.entries(entries);
  const required = keys.filter(([, { type }]) => type !== 'optional' && type !== 'exact_optional').map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(keys.map(([key, part]) => [key, nodeOf(part)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function limitOf(node: Node, { type, requirement }: Part): Node {
  const isText = node['type'] === 'string';
  switch (type) {
    case 'safe_integer':
      return { type: 'integer' };
    case 'min_value':
      return { minimum: requirement as number };
    case 'max_value':
      return { maximum: requirement as number };
    case 'min_length':
      return isText ? { minLength: requirement as number } : { minItems: requirement as number };
    case 'max_length':
      return isText ? { maxLength: requirement as number } : { maxItems: requirement as number };
    case 'regex':
      return { pattern: (requirement as RegExp).source };
    case 'starts_with':
      return { pattern: `^${String(requirement).replace('$', '\\$')}` };
    case 'transform':
      return {};
    default:
      throw new Error(`JSON Schema for ${type}: expected a limit that plans have`);
  }
}
