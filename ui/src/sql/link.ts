/**
 * What is asked stands in the address, so that it can be linked: behind the `#`, where it may be as long as it likes and is not
 * sent to anybody.
 */

export type Place = { environment: string; branch?: string }

/** The address of a query. */
export function sqlPath(sql: string, { environment, branch }: Place): string {
  const query = new URLSearchParams()
  if (environment !== 'prod') query.set('environment', environment)
  if (branch) query.set('branch', branch)
  const search = query.toString()
  return `/sql${search ? `?${search}` : ''}${hashOf(sql)}`
}

export const hashOf = (sql: string) => (sql === '' ? '' : `#${encodeURIComponent(sql)}`)

/** What a `#…` asks; one that was cut off or made by somebody else is taken as it is. */
export function sqlOf(hash: string): string {
  const text = hash.replace(/^#/, '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
