/** Answers that are large. */
import { expect } from 'vitest'
import { cell, grid, linkTo } from './editor'
import { elementsOf, framesWhile, tell } from './fluency'
import { story } from './story'

const WIDE = Array.from({ length: 49 }, (_, column) => `value * ${column + 1} AS c${column + 1}`).join(', ')

story(
  'a hundred thousand rows of fifty columns scroll',
  async ({ visit, page }) => {
    await visit.open(
      `/sql?rows=100000#${encodeURIComponent(`SELECT value, ${WIDE} FROM generate_series(1, 100000) ORDER BY value`)}`,
    )
    const asked = Date.now()
    await page.getByRole('button', { name: /^Run/ }).click()
    await grid(page).waitFor({ timeout: 120_000 })
    process.stdout.write(`100,000 rows of 50 columns shown after ${Date.now() - asked} ms\n`)
    await grid(page).hover()
    const gaps = await framesWhile(page, async () => {
      for (let turn = 0; turn < 60; turn++) {
        await page.mouse.wheel(turn % 4 === 3 ? 600 : 0, 900)
        await page.evaluate(() => new Promise(requestAnimationFrame))
      }
    })
    tell('scrolling through an answer', gaps)
    await grid(page).press('Control+End')
    await cell(page, 99_999, 49).waitFor()
    expect(await cell(page, 99_999, 49).innerText()).toBe('4900000')
    expect(await elementsOf(page)).toBeLessThan(3_000)
    expect(gaps[0]).toBeLessThan(3_000)
  },
  180_000,
)

story('ten thousand rows are there in a moment', async ({ visit, page }) => {
  await visit.open(linkTo("SELECT value, value * 1.5 AS more, 'row ' || value AS label FROM generate_series(1, 10000)"))
  await visit.settled()
  const asked = Date.now()
  await page.getByRole('button', { name: /^Run/ }).click()
  await cell(page, 0, 2).waitFor()
  process.stdout.write(`10,000 rows shown after ${Date.now() - asked} ms\n`)
})
