/** The OpenAPI document as far as these pages read it, and the operations in it. */

export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  /** What every further member of an object is; `false`: there are none. */
  additionalProperties?: boolean | Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  default?: unknown
  minimum?: number
  maximum?: number
}

export type Content = Record<string, { schema?: Schema }>
export type Parameter = { name: string; in: string; description?: string; required?: boolean; schema?: Schema }
export type Response = {
  description?: string
  headers?: Record<string, { description?: string; schema?: Schema }>
  content?: Content
}
export type Body = { description?: string; required?: boolean; content: Content }

type Described = {
  operationId?: string
  tags?: string[]
  summary?: string
  description?: string
  parameters?: Parameter[]
  requestBody?: Body
  responses?: Record<string, Response>
  security?: Record<string, string[]>[]
}

export type Document = {
  info: { title: string; version: string; description?: string }
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, Described>>
  components?: { schemas?: Record<string, Schema>; securitySchemes?: Record<string, { description?: string }> }
}

export type Operation = Described & {
  id: string
  method: string
  path: string
  tag: string
  summary: string
  parameters: Parameter[]
  responses: Record<string, Response>
  /** Whether it is answered without a token, too. */
  open: boolean
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** All operations, in the document's order of paths. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [operation(method, path, item[method])] : [])),
  )
}

function operation(method: string, path: string, described: Described): Operation {
  return {
    ...described,
    id: described.operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    tag: described.tags?.[0] ?? 'other',
    summary: described.summary ?? path,
    parameters: described.parameters ?? [],
    responses: described.responses ?? {},
    open: described.security?.length === 1 && Object.keys(described.security[0] ?? {}).length === 0,
  }
}

export type Group = { tag: string; description?: string; operations: Operation[] }

/** The operations that have every searched word somewhere in them, by tag, in the order in which the document lists its tags. */
export function grouped(document: Document, search = ''): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = operationsOf(document).filter((one) => words.every((word) => textOf(one).includes(word)))
  const listed = document.tags ?? []
  const others = found.map((one) => one.tag).filter((tag) => !listed.some(({ name }) => name === tag))
  const tags = [...listed, ...[...new Set(others)].map((name) => ({ name, description: undefined }))]
  return tags
    .map(({ name, description }) => ({ tag: name, description, operations: found.filter((one) => one.tag === name) }))
    .filter((group) => group.operations.length > 0)
}

function textOf({ id, method, path, tag, summary, description = '' }: Operation): string {
  return `${id} ${method} ${path} ${tag} ${summary} ${description}`.toLowerCase()
}
