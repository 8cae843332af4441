/** A JSON value with one thing wrong in it, for every place and many kinds of wrong. */
type Json = unknown;

const ODD: readonly Json[] = [null, true, 0, -1, 1.5, 4, 1e300, '', 'x', 'x'.repeat(300), [], {}];

export interface Variant {
  readonly what: string;
  readonly value: Json;
}

export function* variants(value: Json, path = 'it'): Generator<Variant> {
  for (const odd of ODD) {
    if (odd !== value) yield { what: `${path} is ${JSON.stringify(odd).slice(0, 20)}`, value: odd };
  }
  yield { what: `${path} in a list`, value: [value] };
  if (typeof value === 'number') yield { what: `${path} as a text`, value: String(value) };
  if (Array.isArray(value)) yield* ofList(value, path);
  else if (typeof value === 'object' && value !== null) yield* ofFields(value, path);
}

function* ofList(list: readonly Json[], path: string): Generator<Variant> {
  for (const [i, item] of list.entries()) {
    for (const { what, value } of variants(item, `${path}[${i}]`)) {
      yield { what, value: list.with(i, value) };
    }
  }
}

function* ofFields(fields: object, path: string): Generator<Variant> {
  yield { what: `${path} with one more`, value: { ...fields, more: 1 } };
  for (const [key, field] of Object.entries(fields)) {
    const { [key]: _, ...rest } = fields as Record<string, Json>;
    yield { what: `${path} without ${key}`, value: rest };
    yield { what: `${path} with another name of ${key}`, value: { ...rest, [`${key}2`]: field } };
    for (const { what, value } of variants(field, `${path}.${key}`)) {
      yield { what, value: { ...fields, [key]: value } };
    }
  }
}
