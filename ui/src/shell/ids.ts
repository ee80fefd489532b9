/** Ids of runs as people type them: whole, or as much of an end of one as pages and the command line show. */

const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const PART = /^[0-9a-f][0-9a-f-]{2,}[0-9a-f]$/i

export const isWholeId = (text: string) => WHOLE.test(text)
export const isPartOfId = (text: string) => PART.test(text) && !isWholeId(text)

/** Whether an id begins or ends like this; the server searches other texts, too. */
export function isPartOf(text: string, id: string): boolean {
  const part = text.toLowerCase()
  return id.startsWith(part) || id.endsWith(part)
}
