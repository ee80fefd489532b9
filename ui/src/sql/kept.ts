/** The last statement of this tab: what was written is there when somebody comes back, until the session ends. */

const KEY = 'polder-sql'

export function keep(text: string): void {
  try {
    sessionStorage.setItem(KEY, text)
  } catch {
    // Storage may be refused or full; then it is lost as it was before.
  }
}

export function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

/** Whoever comes next need not see it. */
export function forget(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // Then nothing was kept.
  }
}
