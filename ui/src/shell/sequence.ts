/** Keys one after another, such as `g p`. */

/** A function that takes keys as they come and does what a finished sequence says; it answers whether it did something. */
export function sequence(does: Map<string, () => void>, patience: number) {
  const starts = new Set([...does.keys()].filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0] ?? ''))
  let first: { key: string; at: number } | undefined
  return (key: string, at: number): boolean => {
    const both = first && at - first.at <= patience ? does.get(`${first.key} ${key}`) : undefined
    first = undefined
    const action = both ?? does.get(key)
    if (action) {
      action()
      return true
    }
    if (starts.has(key)) first = { key, at }
    return false
  }
}

/** Whether keys go into a field, and are not for us. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}
