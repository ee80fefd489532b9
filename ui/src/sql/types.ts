/** What kind of values a column has, by the name of its type. */

export type TypeClass = 'number' | 'text' | 'time' | 'boolean' | 'other'

/** As SQL calls them, and as Arrow does: which one a server says depends on its version. */
const CLASSES: [TypeClass, RegExp][] = [
  ['number', /^(U?INT(8|16|32|64)?|(TINY|SMALL|BIG|HUGE)INT|INTEGER|FLOAT\d*|DOUBLE|REAL|DECIMAL\d*|NUMERIC)\b/],
  ['text', /^((LARGE)?UTF8(VIEW)?|(VAR)?CHAR|TEXT|STRING|UUID)\b/],
  ['time', /^(DATE\d*|TIMESTAMP|TIME\d*)\b/],
  ['boolean', /^BOOL(EAN)?\b/],
]

/** Text that is stored once for many rows is text. */
const DICTIONARY = /^DICTIONARY\([^,]+,\s*(.+)\)$/

export function classOf(type: string): TypeClass {
  const name = type.trim().toUpperCase()
  // Lists are written after what they are of.
  if (name.endsWith('[]')) return 'other'
  const values = DICTIONARY.exec(name)?.[1]
  if (values) return classOf(values)
  return CLASSES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
}
