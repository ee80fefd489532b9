/** A secret goes in and never comes out. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

const VALUE = 'Sw0rdf1sh-in-the-lake'
const SECOND = 'P1ke-in-the-river-2'
const PIPELINE = `name: lock
steps:
  - name: open
    run: |
      echo "the code is $CODE"
      printf %s "$CODE" | base64
      echo "code=$CODE" >> "$POLDER_OUTPUT"
    secrets: {CODE: lock-code}
`

/** The value as it is, and as it might slip through. */
const shapesOf = (value: string) => [
  value,
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('hex'),
  [...value].reverse().join(''),
]

async function set(page: Page, value: string) {
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[aria-label="Value"]').fill(value)
  await dialog.getByRole('button', { name: /^(Set the secret|Replace the value)$/ }).click()
  await dialog.waitFor({ state: 'hidden' })
}

story(
  'a secret is set, used and given a new value, and is in no answer and on no page',
  async ({ visit, page, polder }) => {
    await polder.deploy({ 'polder.yaml': 'project: locks\nteam: canal\n', 'pipelines/lock.yaml': PIPELINE })
    const pages: string[] = []
    const look = async (path: string, text: string | RegExp) => {
      await visit.open(path)
      await page.getByRole('main').getByText(text).first().waitFor()
      pages.push(await page.content())
    }

    await visit.open('/secrets')
    await page
      .getByRole('button', { name: /^Set a secret/ })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('combobox', { name: 'Team' }).fill('canal')
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('lock-code')
    await set(page, VALUE)
    await page.getByRole('row').filter({ hasText: 'lock-code' }).waitFor()
    pages.push(await page.content())

    const run = await polder.run('canal/lock')
    expect(run.status).toBe('SUCCEEDED')
    await look(`/runs/${run.id}`, 'the code is ***')
    await look('/secrets', 'lock-code')
    await look('/pipelines/canal/lock/definition', 'lock-code')
    await look('/audit?search=lock-code', 'lock-code')

    await visit.open('/secrets')
    await page
      .getByRole('row')
      .filter({ hasText: 'lock-code' })
      .getByRole('button', { name: /new value|rotate/i })
      .click()
    await set(page, SECOND)
    await look(`/runs/${(await polder.run('canal/lock')).id}`, 'the code is ***')

    const seen = [await visit.troubles.received(), ...pages].join('\n')
    expect(seen).toContain('lock-code')
    for (const shape of [...shapesOf(VALUE), ...shapesOf(SECOND)]) expect(seen.includes(shape), shape).toBe(false)
  },
)

const asking = (team: string, ...names: string[]) => ({
  'polder.yaml': `project: ${team}\nteam: ${team}\n`,
  'pipelines/sluice.yaml': `name: sluice
steps:
${names.map((name) => `  - {name: ${name}, run: "test -n \\"$KEY\\"", secrets: {KEY: ${name}}}`).join('\n')}
`,
})

story('a secret that is asked for and not set is told of, and set from there', async ({ visit, page, polder }) => {
  await polder.deploy(asking('weir', 'weir-key'))
  expect((await polder.run('weir/sluice')).error?.code).toBe('UNKNOWN_SECRET')
  const notice = page.getByRole('note').filter({ hasText: 'is not set' })
  await visit.open('/pipelines/weir/sluice')
  await notice.getByRole('link', { name: 'weir/weir-key' }).click()
  await page.waitForURL((url) => url.pathname === '/secrets')
  const dialog = page.getByRole('dialog', { name: 'Set a secret in prod' })
  expect(await dialog.getByRole('combobox', { name: 'Team' }).inputValue()).toBe('weir')
  expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('weir-key')
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  const unset = page.getByRole('list', { name: 'Secrets that are not set' }).getByRole('listitem')
  const one = unset.filter({ hasText: 'weir-key' })
  await one.getByRole('link', { name: 'weir/sluice' }).waitFor()
  await one.getByRole('button', { name: 'Set weir/weir-key' }).click()
  await set(page, VALUE)
  await one.waitFor({ state: 'hidden' })
  await page.getByRole('table', { name: 'Secrets' }).getByText('weir-key').waitFor()
  expect((await polder.run('weir/sluice')).status).toBe('SUCCEEDED')
  await visit.open('/pipelines/weir/sluice')
  await visit.settled()
  expect(await notice.count()).toBe(0)
})

story('what is missing comes and goes on a page that is open', async ({ visit, page, polder }) => {
  const notice = page.getByRole('note').filter({ hasText: 'not set' })
  await polder.deploy(asking('quay', 'first-key', 'second-key'))
  await visit.open('/pipelines/quay/sluice')
  await visit.live()
  await notice.getByRole('link', { name: 'quay/first-key' }).waitFor()
  await polder.setSecret('quay', 'first-key', VALUE)
  await notice.getByRole('link', { name: 'quay/first-key' }).waitFor({ state: 'hidden' })
  await notice.getByRole('link', { name: 'quay/second-key' }).waitFor()
  await polder.setSecret('quay', 'second-key', SECOND)
  await notice.waitFor({ state: 'hidden' })
  await polder.deploy(asking('quay', 'third-key'))
  await notice.getByRole('link', { name: 'quay/third-key' }).waitFor()
})
