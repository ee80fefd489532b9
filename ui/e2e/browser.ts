/**
 * A page of a real browser for each story. It is signed in, and a story fails by itself if its page complains about
 * anything, breaks its content security policy, or asks another server for something.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import type { Address } from './server'
import { Troubles } from './troubles'

export const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url))

/** Under load a page may take a while; a story that is right does not wait for long. */
const PATIENCE = 25_000

let connected: Promise<Browser> | undefined
const browser = () => (connected ??= chromium.connect(inject('browser')))

export type Look = BrowserContextOptions & { signedIn?: boolean }

/** Somebody's browser. */
export class Visit {
  readonly troubles: Troubles
  private constructor(
    readonly server: Address,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.troubles = new Troubles(page, server.url)
  }

  static async begin(server: Address, { signedIn = true, ...look }: Look = {}): Promise<Visit> {
    const context = await (await browser()).newContext({
      baseURL: server.url,
      viewport: { width: 1280, height: 900 },
      timezoneId: 'Europe/Amsterdam',
      // What still moves cannot be measured or clicked.
      reducedMotion: 'reduce',
      ...look,
    })
    context.setDefaultTimeout(PATIENCE)
    if (signedIn) await signIn(context, server)
    const visit = new Visit(server, context, await context.newPage())
    await visit.troubles.watch()
    return visit
  }

  /** Opens a page and waits until its head is there. */
  async open(path: string): Promise<void> {
    await this.page.goto(path)
    await this.page.getByRole('heading', { level: 1 }).first().waitFor()
  }

  /** Waits until changes come in by themselves. */
  async live(): Promise<void> {
    await this.page.locator('[data-connection="live"]').waitFor()
  }

  /** Waits until everything that the page has asked for is there, and drawn. */
  async settled(): Promise<void> {
    const unfinished = async () => [...this.troubles.waitingFor(), ...(await this.page.evaluate(busyParts))]
    await expect.poll(unfinished, { message: 'what the page waits for' }).toEqual([])
  }

  async end(name: string, failed: boolean): Promise<void> {
    if (failed) await this.tell(name)
    await this.context.close()
    if (!failed) expect(this.troubles.found, 'what the page complained about').toEqual([])
  }

  /** What helps to see why. */
  private async tell(name: string): Promise<void> {
    process.stderr.write(`${name}: at ${this.page.url()}\n${this.troubles.found.join('\n')}\n`)
    await this.photograph(`failed/${name}`).catch(() => {})
  }

  async photograph(name: string, fullPage = false): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true })
    const path = `${SCREENSHOTS}${name.replaceAll(/[^\w/.-]+/g, '-')}.png`
    await this.page.screenshot({ path, fullPage, animations: 'disabled' })
  }
}

/** A session without the form; the form has a story of its own. */
export async function signIn(context: BrowserContext, { url, token }: Address): Promise<void> {
  await context.addCookies([{ ...(await sessionCookie({ url, token })), url }])
  // Who has never signed in is not asked for; see `session.ts`.
  const page = await context.newPage()
  await page.goto(`${url}/favicon.svg`)
  await page.evaluate(() => localStorage.setItem('polder-signed-in', 'yes'))
  await page.close()
}

async function sessionCookie({ url, token }: Address): Promise<{ name: string; value: string }> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ token }), headers })
  const [, name, value] = /^([^=]+)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? []
  if (!name || !value) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`)
  return { name, value }
}

/** Runs in the page: what is not drawn yet, once there is nothing else to do. */
async function busyParts(): Promise<string[]> {
  await new Promise((idle) => requestIdleCallback(idle, { timeout: 2_000 }))
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(moving.map(({ finished }) => finished))
  const busy = document.querySelectorAll('[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root')
  return [...busy].map((part) => part.className)
}
