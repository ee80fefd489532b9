/** What Lighthouse says of the first pages that one sees. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse, { desktopConfig } from 'lighthouse'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { signIn } from './browser'
import { CHROMIUM } from './chromium'

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const
const TRIES = 3
const GOOD = 90

type Scores = Record<(typeof CATEGORIES)[number], number>
let port = 0
let close = async () => {}
let enter = async () => {}

beforeAll(async () => {
  port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'polder-lighthouse-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: ['--no-sandbox', `--remote-debugging-port=${port}`],
  })
  enter = () => signIn(context, inject('server'))
  close = async () => {
    await context.close()
    await rm(folder, { recursive: true, force: true })
  }
})

afterAll(() => close())

test('the page for signing in', () => isGood(inject('server').url), 180_000)

test('the overview', async () => {
  await enter()
  await isGood(inject('server').url)
}, 180_000)

/** The machine is shared: the best of some tries is the one that was disturbed least. */
async function isGood(url: string) {
  let best: Scores = { performance: 0, accessibility: 0, 'best-practices': 0 }
  for (let tried = 0; tried < TRIES && best.performance < GOOD; tried++) {
    const scores = await measure(url)
    if (scores.performance >= best.performance) best = scores
  }
  process.stdout.write(`${JSON.stringify(best)}\n`)
  for (const category of CATEGORIES) expect(best[category], category).toBeGreaterThanOrEqual(GOOD)
}

async function measure(url: string): Promise<Scores> {
  const flags = { port, onlyCategories: [...CATEGORIES], disableStorageReset: true, logLevel: 'error' as const }
  const result = await lighthouse(url, flags, desktopConfig)
  if (!result || result.lhr.runtimeError) throw new Error(`lighthouse: ${result?.lhr.runtimeError?.message}`)
  const { categories, audits } = result.lhr
  tellWrong(audits)
  const score = (name: string) => Math.round((categories[name]?.score ?? 0) * 100)
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    'best-practices': score('best-practices'),
  }
}

function tellWrong(audits: Record<string, { id: string; score: number | null; displayValue?: string }>) {
  const wrong = Object.values(audits).filter(({ score }) => score !== null && score < 0.9)
  process.stdout.write(`${wrong.map(({ id, displayValue }) => `${id} ${displayValue ?? ''}`).join('; ')}\n`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : 0
}
