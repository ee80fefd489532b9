/** Which names somebody may have meant. */

/** How many letters have to be added, taken away or changed to make one of the other. */
export function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1]
    for (let at = 0; at < b.length; at++) {
      const changed = (above[at] ?? 0) + (letter === b[at] ? 0 : 1)
      line.push(Math.min(changed, (above[at + 1] ?? 0) + 1, (line[at] ?? 0) + 1))
    }
    above = line
  }
  return above[b.length] ?? 0
}

type Named = { team: string; name: string }

/** Of what there is, the names that are near enough, nearest first: alike, or the same of another team. */
export function nearest<T extends Named>(there: T[], { team, name }: Named, most = 4): T[] {
  const far = (one: T) => distance(one.name, name) + (one.team === team ? 0 : Math.min(1, distance(one.team, team)))
  const isNear = (one: T) => far(one) <= 1 + name.length / 3 || one.name.includes(name) || name.includes(one.name)
  return there
    .filter(isNear)
    .sort((a, b) => far(a) - far(b))
    .slice(0, most)
}
