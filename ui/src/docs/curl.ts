/** A request as one types it. The token comes from a file: what is typed is kept in the shell's history. */
import { exampleOf } from './example'
import type { Document, Operation } from './model'

export function curlOf(document: Document, operation: Operation, origin: string): string {
  const lines = [
    `curl${streams(operation) ? ' -N' : ''}${operation.method === 'GET' ? '' : ` -X ${operation.method}`} ${quoted(urlOf(operation, origin))}`,
    ...(operation.open ? [] : ['-H "Authorization: Bearer $(cat token.txt)"']),
    ...bodyOf(document, operation),
  ]
  return lines.join(' \\\n  ')
}

/** With the name of each parameter that must be there in its place, in capitals. */
function urlOf({ path, parameters }: Operation, origin: string): string {
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => name.toUpperCase())
  const query = parameters.filter((one) => one.in === 'query' && one.required)
  const asked = query.map(({ name }) => `${encodeURIComponent(name)}=${name.toUpperCase()}`).join('&')
  return `${origin}${filled}${asked ? `?${asked}` : ''}`
}

function streams({ responses }: Operation): boolean {
  return Object.values(responses).some((response) => Object.keys(response.content ?? {}).includes('text/event-stream'))
}

function bodyOf(document: Document, { requestBody }: Operation): string[] {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined) return []
  const header = `-H ${quoted(`Content-Type: ${type}`)}`
  if (type !== 'application/json') return [header, '--data-binary @FILE']
  const body = exampleOf(document, media?.schema ?? {}) ?? {}
  return [header, `-d ${quoted(JSON.stringify(body, null, 2))}`]
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
