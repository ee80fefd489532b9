/** How a page moves while somebody scrolls. Told, and judged generously only: the machine is shared. */
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    frames_?: number[]
    stopFrames?: () => void
  }
}

/** The gaps between frames while something is done, in milliseconds, the longest first. */
export async function framesWhile(page: Page, does: () => Promise<void>): Promise<number[]> {
  await page.evaluate(startCounting)
  await does()
  const gaps = await page.evaluate(() => {
    window.stopFrames?.()
    return window.frames_ ?? []
  })
  return gaps.sort((one, other) => other - one)
}

/** Runs in the page. */
function startCounting() {
  const gaps: number[] = []
  let last = performance.now()
  let going = true
  const frame = (now: number) => {
    gaps.push(now - last)
    last = now
    if (going) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  window.frames_ = gaps
  window.stopFrames = () => {
    going = false
  }
}

export const elementsOf = (page: Page) => page.evaluate(() => document.getElementsByTagName('*').length)

export function tell(what: string, gaps: number[]): void {
  const middle = gaps[Math.floor(gaps.length / 2)] ?? 0
  const slow = gaps.filter((gap) => gap > 50).length
  process.stdout.write(
    `${what}: ${gaps.length} frames, median ${middle.toFixed(0)} ms, longest ${(gaps[0] ?? 0).toFixed(0)} ms, ${slow} over 50 ms\n`,
  )
}
