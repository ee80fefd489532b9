/** Schemas: what references mean, what an object consists of, and how a type is said in words. */
import type { Document, Schema } from './model'

const PREFIX = '#/components/schemas/'

/** The name of what a schema refers to. */
export function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.startsWith(PREFIX) ? schema.$ref.slice(PREFIX.length) : undefined
}

/** What a schema stands for; a description beside a reference goes before the one of what it refers to. */
export function resolve(document: Document, schema: Schema): Schema {
  const seen = new Set<string>()
  let found = schema
  for (let name = nameOf(found); name !== undefined && !seen.has(name); name = nameOf(found)) {
    seen.add(name)
    const { $ref: _, ...beside } = found
    found = { ...(document.components?.schemas?.[name] ?? {}), ...beside }
  }
  return found
}

const isNull = (schema: Schema) => schema.type === 'null'
const typesOf = ({ type }: Schema) => (Array.isArray(type) ? type : type ? [type] : [])

/** Without the `null` that says that a value may be missing, and whether it was there. */
export function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  const variants = schema.oneOf ?? schema.anyOf
  if (variants?.some(isNull)) {
    const rest = variants.filter((variant) => !isNull(variant))
    const { oneOf: _, anyOf: __, ...beside } = schema
    return { schema: rest.length === 1 ? { ...rest[0], ...beside } : { ...beside, oneOf: rest }, nullable: true }
  }
  const types = typesOf(schema)
  if (types.length > 1 && types.includes('null')) {
    const rest = types.filter((type) => type !== 'null')
    return { schema: { ...schema, type: rest.length === 1 ? rest[0] : rest }, nullable: true }
  }
  return { schema, nullable: false }
}

/** A type in words: `list of RunSummary`, `text (date-time) or null`. */
export function typeInWords(document: Document, given: Schema): string {
  const { schema, nullable } = withoutNull(given)
  const words = nameOf(schema) ?? wordsOf(document, schema)
  return nullable ? `${words} or null` : words
}

function wordsOf(document: Document, schema: Schema): string {
  const variants = schema.oneOf ?? schema.anyOf
  if (variants) return variants.map((variant) => typeInWords(document, variant)).join(' or ')
  if (schema.allOf) return 'object'
  const types = typesOf(schema)
  if (types.includes('array')) return `list of ${schema.items ? typeInWords(document, schema.items) : 'anything'}`
  const further = schema.additionalProperties
  if (types.includes('object') && !schema.properties && typeof further === 'object') {
    return `object of text to ${typeInWords(document, further)}`
  }
  if (types.length === 0) return schema.properties ? 'object' : 'anything'
  return types.map((type) => WORDS[type] ?? type).join(' or ') + (schema.format ? ` (${schema.format})` : '')
}

const WORDS: Record<string, string> = { string: 'text', boolean: 'true or false' }

/** A part of a schema that can be looked into. */
export type Part = {
  name: string
  schema: Schema
  required: boolean /** One of several that a value can be. */
  variant?: boolean
}

/** What an object has in it; what a list has in its items; the variants of what is one of several. */
export function partsOf(document: Document, given: Schema, above: Schema[] = []): Part[] {
  const schema = opened(document, given)
  // What consists of itself has nothing new in it.
  if (above.includes(given)) return []
  const path = [...above, given]
  const variants = schema.oneOf ?? schema.anyOf
  if (variants)
    return variants.map((variant, place) => ({
      name: variantName(variant, place),
      schema: variant,
      required: false,
      variant: true,
    }))
  if (schema.allOf) return merged(schema.allOf.flatMap((part) => partsOf(document, part, path)))
  if (schema.items) return partsOf(document, schema.items, path)
  const further = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  return [...members(schema), ...(further ? partsOfFurther(document, schema, further) : [])]
}

function members({ properties = {}, required = [] }: Schema): Part[] {
  const parts = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name),
  }))
  return parts.sort((one, other) => Number(other.required) - Number(one.required))
}

/** Members of any name are shown where they say something; `text to text` has been said. */
function partsOfFurther(document: Document, schema: Schema, further: Schema): Part[] {
  const plain = !schema.properties && partsOf(document, further).length === 0 && !further.description
  return plain ? [] : [{ name: '<any name>', schema: further, required: false }]
}

function merged(parts: Part[]): Part[] {
  return [...new Map(parts.map((part) => [part.name, part])).values()]
}

/** Variants are told apart by the one member that has only one value, where there is such a member. */
function variantName(variant: Schema, place: number): string {
  const tag = Object.entries(variant.properties ?? {}).find(([, member]) => member.enum?.length === 1)
  return tag ? `${tag[0]}: ${tag[1].enum?.[0]}` : `${place + 1}.`
}

/** The values that are allowed, where they are listed. */
export function valuesOf(document: Document, given: Schema): unknown[] {
  const schema = opened(document, given)
  return schema.enum ?? (schema.items ? (opened(document, schema.items).enum ?? []) : [])
}

/** What a schema stands for, without its `null`. */
const opened = (document: Document, given: Schema) => resolve(document, withoutNull(resolve(document, given)).schema)

/** The names that one has come by when one looks into this schema, so that a cycle is seen. */
export function namesAlong(given: Schema): string[] {
  const { schema } = withoutNull(given)
  const own = nameOf(schema)
  return [...(own ? [own] : []), ...(schema.items ? namesAlong(schema.items) : [])]
}
