/** A thousand pipelines in the graph of everything. */
import type { CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'
import { Polder } from './client'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn()
const TEAMS = 10
const EACH = 100
/** The page's own work, in seconds of CPU: time that others have on this machine does not count. It takes about a third of this. */
const MOST = 0.5

const nameOf = (place: number) => `p${String(place % EACH).padStart(2, '0')}`
const fullName = (place: number) => `team${Math.floor(place / EACH)}/${nameOf(place)}`

/** Each starts after one or two before it, some of them of other teams. */
function pipelineAt(place: number): string {
  const after = [place - 7, place - 101].filter((other) => other >= 0 && place % 5 !== 0)
  const waits = after.map((other) => `{pipeline: ${fullName(other)}}`).join(', ')
  const triggers = waits && `triggers: [{executions: {allOf: [${waits}], within: day}}]\n`
  return `name: ${nameOf(place)}\n${triggers}steps: [{name: a, run: "true"}]\n`
}

function filesOf(team: number): Record<string, string> {
  const places = Array.from({ length: EACH }, (_, one) => team * EACH + one)
  const pipelines = places.map((place) => [`pipelines/${nameOf(place)}.yaml`, pipelineAt(place)])
  return { 'polder.yaml': `project: many\nteam: team${team}\n`, ...Object.fromEntries(pipelines) }
}

story('they are drawn with little work', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  for (let team = 0; team < TEAMS; team++) await polder.deploy(filesOf(team))
  await page.addInitScript(watchDrawing, TEAMS * EACH)
  await visit.open('/about')
  await visit.live()
  await visit.settled()
  const cpu = await Cpu.of(page)
  const before = await cpu.seconds()
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Graph' }).click()
  await expect.poll(() => page.evaluate(() => window.drawnAfter)).toBeDefined()
  const used = (await cpu.seconds()) - before
  const wall = await page.evaluate(() => window.drawnAfter ?? 0)
  process.stdout.write(
    `a thousand pipelines: drawn ${wall.toFixed(0)} ms after they came, ${(used * 1000).toFixed(0)} ms of CPU from the click on\n`,
  )
  await page.screenshot({ path: 'screenshots/graph-thousand.png' })
  expect(used).toBeLessThan(MOST)
})

declare global {
  interface Window {
    /** From the last byte of the graph to the frame with all of it, in milliseconds. */
    drawnAfter?: number
  }
}

/** Runs in the page. */
function watchDrawing(all: number) {
  const blocks = () =>
    [...document.querySelectorAll('.react-flow__viewport-portal svg path')]
      .map((path) => path.getAttribute('d')?.match(/Z/g)?.length ?? 0)
      .reduce((sum, count) => sum + count, 0)
  const look = () => {
    if (blocks() < all) return void requestAnimationFrame(look)
    const [asked] = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/v1/graph'))
    const came = (asked as PerformanceResourceTiming | undefined)?.responseEnd ?? 0
    requestAnimationFrame(() => {
      window.drawnAfter = performance.now() - came
    })
  }
  requestAnimationFrame(look)
}

/** How long the page's main thread has worked. */
class Cpu {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Cpu> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    return new Cpu(session)
  }

  async seconds(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  }
}
