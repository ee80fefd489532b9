/** Runs are found by the date that they are about, as it is where somebody looks. */
import { expect } from 'vitest'
import { story } from './story'

const TIDE = 'name: tide\nsteps: [{name: look, run: "true"}]\n'

story('runs are found by the date that they are about', async ({ visit, page, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: tides\nteam: tides\n', 'pipelines/tide.yaml': TIDE })
  await polder.run('tides/tide', { logical_date: '2026-02-06' })
  // Half past midnight in Amsterdam, where the browser is.
  await polder.run('tides/tide', { logical_date: '2026-02-05T23:30:00Z' })
  await polder.run('tides/tide', { logical_date: '2026-02-07' })
  const rows = page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'tides/tide' })

  await visit.open('/runs?team=tides')
  await expect.poll(() => rows.count()).toBe(3)
  await page.getByLabel('Date of the run, from').fill('2026-02-06')
  await page.getByLabel('Date of the run, to').fill('2026-02-06')
  await expect.poll(() => rows.count()).toBe(2)
  await page.getByLabel('Date of the run, from').fill('')
  await page.getByLabel('Date of the run, to').fill('2026-02-05')
  await page.getByText('No run matches').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()

  await visit.open('/runs?team=tides')
  for (const [search, found] of Object.entries({
    '2026-02-07': 1,
    'tide 2026-02-06': 2,
    '2026-02': 3,
    'ebb 2026-02': 0,
  })) {
    await page.getByLabel('Search runs').fill(search)
    await expect.poll(() => rows.count(), { message: search }).toBe(found)
  }
})

story('Ctrl-K finds runs by the date that they are about', async ({ visit, page, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: moons\nteam: moons\n', 'pipelines/tide.yaml': TIDE })
  const { id } = await polder.run('moons/tide', { logical_date: '2026-03-06' })
  await polder.run('moons/tide', { logical_date: '2026-03-07' })
  const find = page.getByRole('textbox', { name: 'Find anything' })
  const found = page.getByRole('dialog').getByRole('button')
  await visit.open('/')
  await page.keyboard.press('Control+k')
  await find.fill('moons/tide 2026-03-06')
  await found.filter({ hasText: 'moons/tide of 2026-03-06' }).waitFor()
  expect(await found.filter({ hasText: 'moons/tide of 2026-03-07' }).count()).toBe(0)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/runs/${id}`)

  await page.keyboard.press('Control+k')
  await find.fill('moons 2026-03')
  await found.filter({ hasText: 'All runs of moons 2026-03' }).click()
  await page.waitForURL(/\/runs\?search=moons\+2026-03/)
  await expect.poll(() => page.getByRole('link', { name: 'moons/tide' }).count()).toBe(2)
})

story('dates are typed digit by digit, one field after the other', async ({ visit, page, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: ebbs\nteam: ebbs\n', 'pipelines/tide.yaml': TIDE })
  for (const logical_date of ['2013-02-06', '2013-02-12']) await polder.run('ebbs/tide', { logical_date })
  const rows = page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'ebbs/tide' })
  const [from, to] = [page.getByLabel('Date of the run, from'), page.getByLabel('Date of the run, to')]
  await visit.open('/runs?team=ebbs')
  await expect.poll(() => rows.count()).toBe(2)

  // Month, day, year, as an American's browser has it; after the year's last digit the next field comes.
  await from.focus()
  await page.keyboard.type('02122013', { delay: 30 })
  await expect.poll(() => rows.count()).toBe(1)
  expect(await from.inputValue()).toBe('2013-02-12')
  await to.focus()
  await page.keyboard.type('02122013')
  await page.waitForURL(/since=2013-02-12&until=2013-02-12/)

  // What was there is written over, and a year that is not complete is no date.
  await from.focus()
  await page.keyboard.type('0206001')
  expect(page.url()).toContain('since=2013-02-06')
  await to.focus()
  await expect.poll(() => from.inputValue()).toBe('2013-02-06')

  // It is gone when all of its parts are.
  await from.focus()
  for (const key of ['Backspace', 'ArrowRight', 'Backspace', 'ArrowRight', 'Backspace']) await page.keyboard.press(key)
  await page.waitForURL((url) => !url.searchParams.has('since'))
})

story('two dates that are set at once are both kept', async ({ visit, page }) => {
  await visit.open('/runs')
  await page.evaluate(setBoth)
  await page.waitForURL(/since=2013-02-01&until=2013-02-28/)
})

/** As a script or a password manager would, without a moment between them. */
function setBoth() {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
  const days = ['2013-02-01', '2013-02-28']
  document.querySelectorAll('input[type="date"]').forEach((field, place) => {
    set?.call(field, days[place])
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
}
