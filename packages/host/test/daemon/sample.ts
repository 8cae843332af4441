/** Parameters for any method, made from its schema. */

/** Of the library of schemas, as it is made up inside. */
type Schema = unknown;

/** @param named the value for a field of that name, where a test has one to give */
export function sample(schema: Schema, named: (field: string) => unknown, field = ''): unknown {
  const node = schema as {
    type: string;
    entries?: Record<string, Schema>;
    options?: readonly unknown[];
    wrapped?: Schema;
    item?: Schema;
    items?: readonly Schema[];
    literal?: unknown;
    pipe?: readonly { type: string; requirement?: unknown }[];
  };
  switch (node.type) {
    case 'strict_object':
    case 'object':
      return Object.fromEntries(
        Object.entries(node.entries ?? {}).flatMap(([name, entry]) => {
          const optional = (entry as { type: string }).type === 'exact_optional';
          if (optional && named(name) === undefined) return [];
          return [[name, sample(entry, named, name)]];
        }),
      );
    case 'exact_optional':
    case 'nullable':
    case 'optional':
      return node.wrapped === undefined ? null : sample(node.wrapped, named, field);
    case 'string':
      return typeof named(field) === 'string' ? named(field) : 'xxx';
    case 'number':
      return typeof named(field) === 'number' ? named(field) : 1;
    case 'boolean':
      return true;
    case 'literal':
      return node.literal;
    case 'picklist':
      return node.options?.[0];
    case 'union':
    case 'variant':
      return sample(node.options?.[0], named, field);
    case 'array':
      return node.item === undefined ? [] : [sample(node.item, named, field)];
    case 'tuple':
      return (node.items ?? []).map((item) => sample(item, named, field));
    default:
      throw new Error(`no sample of ${node.type}`);
  }
}
