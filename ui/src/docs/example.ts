/** Values that a schema allows, to begin with. */
import type { Document, Schema } from './model'
import { nameOf, resolve, withoutNull } from './schema'

/** `all`: with what may be left out; else with what is required only. */
type How = { all: boolean }

export function exampleOf(document: Document, schema: Schema, how: How = { all: false }): unknown {
  return value(document, schema, how, [])
}

/** `of`: the name of the member that the value is for. */
function value(document: Document, given: Schema, how: How, above: string[], of = 'TEXT'): unknown {
  const bare = withoutNull(given).schema
  const name = nameOf(bare)
  // What has itself in it ends at its second time.
  if (name !== undefined && above.includes(name)) return null
  const schema = withoutNull(resolve(document, bare)).schema
  const path = name === undefined ? above : [...above, name]
  const variant = schema.oneOf?.[0] ?? schema.anyOf?.[0]
  if (variant) return value(document, variant, how, path, of)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => value(document, part, how, path)))
  return plain(schema, of) ?? composed(document, schema, how, path, of)
}

/** A text has the name of its member in its place, as a path has those of its parameters. */
function plain(schema: Schema, of: string): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'string') return FORMATS[schema.format ?? ''] ?? of
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  return type === 'boolean' ? true : undefined
}

const FORMATS: Record<string, string> = {
  date: '2026-02-03',
  'date-time': '2026-02-03T10:30:00Z',
  uuid: '0192f0c1-2b3c-7d4e-8f50-123456789abc',
  uri: 'https://example.org/',
}

function composed(document: Document, schema: Schema, how: How, path: string[], of: string): unknown {
  if (schema.items) return [value(document, schema.items, how, path, of)]
  const required = new Set(schema.required)
  const members = Object.entries(schema.properties ?? {}).filter(([name]) => how.all || required.has(name))
  return Object.fromEntries(
    members.map(([name, member]) => [name, value(document, member, how, path, name.toUpperCase())]),
  )
}
