/** Sentences with links in them, as values: what is said can be tested without a page, and one component shows them all. */

import { pipelinePath } from '~/kit/Links'

/** A piece of text, or a link; `title` says more on hover. */
export type Part = string | { text: string; to?: string; title?: string }

/** The words alone. */
export const plain = (parts: Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listed(parts: Part[], most = 4): Part[] {
  const shown = parts.length > most ? [...parts.slice(0, most - 1), `${parts.length - most + 1} more`] : parts
  return shown.flatMap((part, place) => [glue(place, shown.length), part]).slice(1)
}

function glue(place: number, length: number): string {
  return place === length - 1 ? ' and ' : ', '
}

/** A link to the pipeline `team/name`; its own team goes without saying. */
export function pipelinePart(fullName: string, ownTeam: string): Part {
  const slash = fullName.indexOf('/')
  const [team, name] = [fullName.slice(0, slash), fullName.slice(slash + 1)]
  return { text: team === ownTeam ? name : fullName, to: pipelinePath(team, name) }
}
