/** Whether JSON is as a JSON Schema says: the keywords that the schema of plans has, and no others. */
type Node = Readonly<Record<string, unknown>>;

/** The first place that is not as it should be; undefined: there is none. */
export function misfit(schema: Node, value: unknown, at = ''): string | undefined {
  for (const [keyword, wanted] of Object.entries(schema)) {
    const found = check(keyword, wanted, schema, value, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isObject = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const said = (at: string, keyword: string): string => `${at || '/'}: ${keyword}`;

function check(keyword: string, wanted: unknown, schema: Node, value: unknown, at: string): string | undefined {
  const unless = (holds: boolean): string | undefined => (holds ? undefined : said(at, keyword));
  const fits = (one: unknown, of: unknown): boolean => misfit(one as Node, of) === undefined;
  switch (keyword) {
    case '$schema':
    case '$id':
    case 'title':
    case 'then':
      return undefined;
    case 'type':
      return unless(typeFits(wanted, value));
    case 'const':
      return unless(value === wanted);
    case 'enum':
      return unless((wanted as readonly unknown[]).includes(value));
    case 'minimum':
      return unless(typeof value !== 'number' || value >= (wanted as number));
    case 'maximum':
      return unless(typeof value !== 'number' || value <= (wanted as number));
    case 'minLength':
      return unless(typeof value !== 'string' || value.length >= (wanted as number));
    case 'maxLength':
      return unless(typeof value !== 'string' || value.length <= (wanted as number));
    case 'pattern':
      return unless(typeof value !== 'string' || new RegExp(wanted as string, 'u').test(value));
    case 'minItems':
      return unless(!Array.isArray(value) || value.length >= (wanted as number));
    case 'maxItems':
      return unless(!Array.isArray(value) || value.length <= (wanted as number));
    case 'items':
      return !Array.isArray(value)
        ? undefined
        : value.map((item, i) => misfit(wanted as Node, item, `${at}/${i}`)).find((one) => one !== undefined);
    case 'prefixItems':
      return !Array.isArray(value)
        ? undefined
        : (wanted as readonly Node[])
            .map((one, i) => (i < value.length ? misfit(one, value[i], `${at}/${i}`) : undefined))
            .find((one) => one !== undefined);
    case 'properties':
      return !isObject(value)
        ? undefined
        : Object.entries(wanted as Readonly<Record<string, Node>>)
            .map(([key, one]) => (key in value ? misfit(one, value[key], `${at}/${key}`) : undefined))
            .find((one) => one !== undefined);
    case 'required':
      return unless(!isObject(value) || (wanted as readonly string[]).every((key) => key in value));
    case 'additionalProperties': {
      if (!isObject(value)) return undefined;
      const known = Object.keys((schema['properties'] ?? {}) as object);
      const more = Object.keys(value).filter((key) => !known.includes(key));
      return unless(wanted === false ? more.length === 0 : more.every((key) => fits(wanted, value[key])));
    }
    case 'anyOf':
      return unless((wanted as readonly unknown[]).some((one) => fits(one, value)));
    case 'oneOf':
      return unless((wanted as readonly unknown[]).filter((one) => fits(one, value)).length === 1);
    case 'allOf':
      return (wanted as readonly Node[]).map((one) => misfit(one, value, at)).find((one) => one !== undefined);
    case 'if':
      return fits(wanted, value) ? misfit(schema['then'] as Node, value, at) : undefined;
    default:
      throw new Error(`a keyword that nobody has taught this: ${keyword}`);
  }
}

function typeFits(wanted: unknown, value: unknown): boolean {
  if (wanted === 'integer') return Number.isSafeInteger(value);
  if (wanted === 'array') return Array.isArray(value);
  if (wanted === 'null') return value === null;
  return wanted === 'object' ? isObject(value) : typeof value === wanted;
}
