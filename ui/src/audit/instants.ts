/** Instants in the address are in UTC, so that a link means the same everywhere; in fields they are in the viewer's zone. */

const two = (number: number) => String(number).padStart(2, '0')

/** `2026-02-03T10:30:00Z` as a `datetime-local` field has it; empty if it is none. */
export function toField(instant: string): string {
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return ''
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** What a field has as an instant in UTC; empty if it is none. */
export function fromField(field: string): string {
  const at = new Date(field)
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().replace(/\.\d+Z$/, 'Z')
}
