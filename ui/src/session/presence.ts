/**
 * Whether somebody is there. A page that is open asks the server again and again by itself: by a timer, or because something has
 * changed. Only what is asked after somebody has touched the page counts as use of the session, however it came to be asked. Who
 * reads, types, or goes to what is known already is there, too: then the session is asked for.
 */

/** What people do, and pages do not. Pointers move by themselves: when what is under them moves. */
const SIGNS = ['pointerdown', 'click', 'keydown', 'input', 'wheel', 'touchmove', 'popstate'] as const

export class Presence {
  private counted = Number.NEGATIVE_INFINITY
  private asked = Number.NEGATIVE_INFINITY

  /** `touched`: when somebody was there last; opening a page is a sign, too. */
  constructor(private touched: number) {}

  touch(at: number) {
    this.touched = Math.max(this.touched, at)
  }

  /** A request that was begun then, after somebody was there, has been answered: the session's end is put off. */
  count(begun: number) {
    this.counted = Math.max(this.counted, begun)
  }

  /** Whether somebody who is there now would otherwise be forgotten: nothing has counted for so many milliseconds. */
  isDue(now: number, every: number): boolean {
    return now - this.counted >= every && now - this.asked >= every
  }

  /** The session is asked for because of that. */
  ask(at: number) {
    this.asked = at
  }

  /** Nobody was there since the last request that counted. */
  isAlone(): boolean {
    return this.touched <= this.counted
  }
}

export const presence = new Presence(performance.now())

let onTouch: (now: number) => void = () => {}

/** Calls this whenever there is a sign of somebody. */
export function whenTouched(then: (now: number) => void) {
  onTouch = then
}

function touch() {
  const now = performance.now()
  presence.touch(now)
  onTouch(now)
}
for (const sign of SIGNS) window.addEventListener(sign, touch, { capture: true, passive: true })
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) touch()
})
