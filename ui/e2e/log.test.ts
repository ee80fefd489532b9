/** A million lines. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { elementsOf, framesWhile, tell } from './fluency'
import { story } from './story'

const LINES = 1_000_000
const NEEDLE = 654_321
const PIPELINE = `name: flood
steps:
  - name: pour
    run: |
      awk 'BEGIN { for (i = 1; i <= ${LINES}; i++) print (i == ${NEEDLE} ? "a needle in the haystack" : "drop " i " of the flood"); exit 1 }'
`
const FILES = { 'polder.yaml': 'project: floods\nteam: rain\n', 'pipelines/flood.yaml': PIPELINE }

const drop = (page: Page, line: number) => page.getByText(`drop ${line} of the flood`, { exact: true }).first()
let run = ''

story(
  'a failed step is opened at the end of its log',
  async ({ visit, page, polder }) => {
    await polder.deploy(FILES)
    run = (await polder.run('rain/flood')).id
    await visit.open(`/runs/${run}?step=pour`)
    await drop(page, LINES).waitFor()
    expect(await elementsOf(page)).toBeLessThan(6_000)
  },
  120_000,
)

story('a link leads to a line in the middle, and the keys to both ends', async ({ visit, page }) => {
  await visit.open(`/runs/${run}?step=pour&line=500000`)
  await drop(page, 500_000).waitFor()
  await drop(page, 500_000).click()
  await page.keyboard.press('Home')
  await drop(page, 1).waitFor()
  await page.keyboard.press('End')
  await drop(page, LINES).waitFor()
  await page.reload()
  await page
    .getByText(/of the flood/)
    .first()
    .waitFor()
})

story('it scrolls without drawing more than can be seen', async ({ visit, page }) => {
  await visit.open(`/runs/${run}?step=pour&line=300000`)
  await drop(page, 300_000).waitFor()
  await drop(page, 300_000).hover()
  const gaps = await framesWhile(page, async () => {
    for (let turn = 0; turn < 60; turn++) {
      await page.mouse.wheel(0, 900)
      await page.evaluate(() => new Promise(requestAnimationFrame))
    }
  })
  tell('scrolling through a million lines', gaps)
  expect(await elementsOf(page)).toBeLessThan(6_000)
  expect(gaps[0]).toBeLessThan(3_000)
})

story('the needle is found', async ({ visit, page }) => {
  await visit.open(`/runs/${run}?step=pour`)
  await drop(page, LINES).waitFor()
  await page.getByRole('searchbox', { name: 'Search this log' }).fill('needle')
  await page.getByText('1 match', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Next match (n)' }).click()
  const row = page.locator('[data-current]', { hasText: 'a needle in the haystack' })
  await row.waitFor()
  const line = new URL(page.url()).searchParams.get('line')
  expect(line).toBe(await row.locator('[data-number]').innerText())
  expect(line).toBe(String(NEEDLE))
})
