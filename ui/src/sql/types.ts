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

const NAMES: Record<string, string> = {
  Boolean: 'BOOLEAN',
  Int8: 'TINYINT',
  Int16: 'SMALLINT',
  Int32: 'INTEGER',
  Int64: 'BIGINT',
  UInt8: 'TINYINT UNSIGNED',
  UInt16: 'SMALLINT UNSIGNED',
  UInt32: 'INTEGER UNSIGNED',
  UInt64: 'BIGINT UNSIGNED',
  Float32: 'REAL',
  Float64: 'DOUBLE',
  Utf8: 'VARCHAR',
  LargeUtf8: 'VARCHAR',
  Utf8View: 'VARCHAR',
  Date32: 'DATE',
}

/** The name that a type has among the columns of a table and in statements; one that has none there stays as it is. */
export function inSql(type: string): string {
  const timestamp = /^Timestamp\([^,]+(,.*)?\)$/.exec(type)
  if (timestamp) return timestamp[1] ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
  return NAMES[type] ?? type.replace(/^Decimal\d+\(/, 'DECIMAL(')
}
