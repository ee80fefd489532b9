/** What users wrote is text, whatever they wrote. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { Polder } from './client'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn()

const MARKUP = `<img src=x onerror="window.hacked='img'"><script>window.hacked='script'</script><svg/onload=window.hacked='svg'>`
const LINK = `javascript:window.hacked='link'`
const TURNED = '\u202Egnp.exe\u202C \u2066left\u2069'
const EMOJI = '👩‍👩‍👧‍👦🏴‍☠️ é\u0301 ﷽'
const LONG = 'w'.repeat(700)
const ALL = [
  MARKUP,
  `"></title></script></textarea><b id=injected>`,
  LINK,
  `[x](${LINK})`,
  TURNED,
  EMOJI,
  LONG,
  '{{ 7*7 }} <%= 7*7 %> %s',
]
const LONG_NAME = `a${'-very'.repeat(12)}`

const yaml = (text: string) => JSON.stringify(text)
const PIPELINE = `name: ${LONG_NAME}
description: ${yaml(ALL.slice(0, 7).join(' '))}
owner: ${yaml(MARKUP + LINK)}
labels: {nasty: ${yaml(MARKUP)}, link: ${yaml(LINK)}, long: ${yaml(LONG)}, turned: ${yaml(TURNED)}}
parameters:
  free: {default: ${yaml(MARKUP)}, description: ${yaml(MARKUP)}}
  choice: {enum: [${yaml(MARKUP)}, ${yaml(LINK)}, ${yaml(TURNED)}], default: ${yaml(MARKUP)}, description: ${yaml(LONG)}}
steps:
  - name: ${LONG_NAME}
    run: python3 nasty.py {{ params.free }}
    secrets: {NASTY: ${'S'.repeat(60)}}
  - {name: last, run: "exit 1"}
`
const SCRIPT = `import json, os, sys
for text in json.loads(open("nasty.json").read()):
    print(text)
    print(text, file=sys.stderr)
    print("\\x1b[31m" + text + "\\x1b[0m \\x1b]8;;javascript:window.hacked='osc'\\x07click\\x1b]8;;\\x07 \\x1b]0;title\\x07")
print(sys.argv[1])
open(os.environ["POLDER_OUTPUT"], "a").write(json.dumps({"nasty": json.loads(open("nasty.json").read())}) + "\\n")
`
const FILES = {
  'polder.yaml': `project: ${LONG_NAME}\nteam: ${LONG_NAME}\n`,
  [`pipelines/${LONG_NAME}.yaml`]: PIPELINE,
  'nasty.py': SCRIPT,
  'nasty.json': JSON.stringify(ALL),
  '<img src=x onerror=window.hacked=1>.txt': MARKUP,
}

type Found = { hacked: unknown; injected: number; links: number; wide: number; widest: string }

/** What a page has taken for more than text. */
async function wrongWith(page: Page, path: string): Promise<string[]> {
  const { hacked, injected, links, wide, widest } = await page.evaluate(look)
  const wrong = []
  if (hacked !== undefined) wrong.push(`${path} ran ${hacked}`)
  if (injected + links > 0) wrong.push(`${path} has ${injected} elements and ${links} links that users wrote`)
  if (wide > 1) wrong.push(`${path} is ${wide} pixels too wide: ${widest}`)
  return wrong
}

/** Runs in the page. */
function look(): Found {
  const beyond = [...document.querySelectorAll('#content *')]
    .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5)
  const links = [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href') ?? '')
  return {
    hacked: (window as unknown as { hacked?: string }).hacked,
    injected: document.querySelectorAll('#injected, img[src="x"], svg[onload]').length,
    links: links.filter((href) => /^\s*javascript:/i.test(href)).length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    widest: beyond.map((part) => `${part.tagName} ${part.className}`).join(', '),
  }
}

async function seed(polder: Polder) {
  const revision = await polder.deploy(FILES, 'prod', ALL.slice(0, 6).join(' '))
  await polder.setSecret(LONG_NAME, 'S'.repeat(60), 'whatever-it-is')
  await polder.token(MARKUP.slice(0, 60), 'viewer')
  const labels = { nasty: MARKUP, link: LINK }
  const run = await polder.run(`${LONG_NAME}/${LONG_NAME}`, {
    parameters: { free: `${MARKUP}${LONG}`, choice: LINK },
    labels,
  })
  return { revision, run: run.id }
}

const PAGE = `/pipelines/${LONG_NAME}/${LONG_NAME}`
const pagesOf = (revision: string, run: string) => [
  ...['/', '/pipelines', '/runs', '/graph', '/deployments', '/secrets', '/tokens', '/audit', '/agents'],
  ...['', '/history', '/definition', '/revisions', '?run=1'].map((tab) => `${PAGE}${tab}`),
  ...['', '?tab=outputs', '?view=graph', `?step=${LONG_NAME}`].map((view) => `/runs/${run}${view}`),
  ...['', '?view=files'].map((view) => `/deployments/${revision}${view}`),
]

story('hostile names stay names on every page', async ({ visit, page, server }) => {
  const { revision, run } = await seed(new Polder(server))
  const wrong: string[] = []
  for (const path of pagesOf(revision, run)) {
    await page.setViewportSize({ width: 1280, height: 900 })
    await visit.open(path)
    await visit.settled()
    wrong.push(...(await wrongWith(page, path)))
    await page.setViewportSize({ width: 375, height: 900 })
    await visit.settled()
    wrong.push(...(await wrongWith(page, `${path}, narrow,`)))
  }
  expect(wrong).toEqual([])
})

story('hostile lines of a log are shown as they are', async ({ visit, page, server }) => {
  const { items } = (await new Polder(server).api.GET('/api/v1/runs')).data ?? { items: [] }
  await visit.open(`/runs/${items[0]?.id}?step=${LONG_NAME}`)
  await page.getByText(`<script>window.hacked='script'</script>`).first().waitFor()
  await page.getByText(LINK).first().waitFor()
  expect(await wrongWith(page, 'the log')).toEqual([])
})

story('hostile addresses are only addresses', async ({ visit, page }) => {
  visit.troubles.allow(/status of 4\d\d/)
  const text = encodeURIComponent(MARKUP)
  const paths = ['/pipelines', '/runs', '/audit'].map(
    (path) => `${path}?search=${text}&team=${text}&environment=${text}`,
  )
  for (const path of [...paths, `/${text}`, `/runs/${text}`, `/pipelines/${text}/${text}`, `/deployments/${text}`]) {
    await visit.open(path)
    expect(await wrongWith(page, path)).toEqual([])
  }
})
