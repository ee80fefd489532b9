/** Whether the palette is open, and which of its lines Enter would take. */
import { createSpotlight } from '@mantine/spotlight'

export const [store, palette] = createSpotlight()

/** The field that one types into. */
export const PALETTE_FIELD = 'polder-palette'

const chosen = () => document.querySelectorAll('[data-selected][role="option"], [data-action][data-selected]')

/** For the key that takes a line: nothing may be chosen yet, when what was found came a moment before it. */
export function chooseBefore(key: string) {
  if (key === 'Enter' && chosen().length === 0) takeFirst()
}

/** Has Enter take the first line: the library does so when somebody types, not when the server answers later. */
export function takeFirst() {
  const field = document.getElementById(PALETTE_FIELD)
  if (!field) return
  for (const line of chosen()) line.removeAttribute('data-selected')
  store.updateState((state) => ({ ...state, selected: -1 }))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', code: 'ArrowDown', bubbles: true }))
}
