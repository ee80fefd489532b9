/** `2013-02-06`, `2013-02-06 and 2013-02-07`, `4 days, 2013-02-04 to 2013-02-07`; in order, whatever that of `days` is. */
export function daysInWords(days: string[]): string {
  const sorted = [...days].sort()
  const last = sorted.pop() ?? ''
  if (sorted.length > 2) return `${days.length} days, ${sorted[0]} to ${last}`
  return sorted.length > 0 ? `${sorted.join(', ')} and ${last}` : last
}
