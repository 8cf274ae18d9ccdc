/** The format of plans as JSON Schema, the options of every verb included. */
import { type Json, planJsonSchema } from '../plan/index.js';
import { verbJsonSchemas } from '../world/index.js';

/** What docs/simtls-plan-1.schema.json holds. */
export function publishedSchema(): string {
  return `${JSON.stringify(withVerbs(planJsonSchema()), null, 2)}\n`;
}

type Schema = Readonly<Record<string, Json>>;

/** A step of a verb has its object first, where it takes one, then its options. */
function withVerbs(plan: Schema): Schema {
  const { properties, ...rest } = plan as { readonly properties: Readonly<Record<string, Schema>> } & Schema; // the root is an object
  const { items, ...steps } = properties['steps'] as { readonly items: Schema } & Schema; // a list of objects
  const verbs = Object.entries(verbJsonSchemas()).map(([verb, { object, options }]) => ({
    if: { properties: { call: { const: verb } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { properties: { args: { prefixItems: object ? [{}, options] : [options], maxItems: object ? 2 : 1 } } },
  }));
  return { ...rest, properties: { ...properties, steps: { ...steps, items: { ...items, allOf: verbs } } } };
}
