/** What a page complains about, in the order in which it did; and all that the server has sent to it. */
import type { Page, Request, Response } from 'playwright-core'

/** Of what is told; stacks of minified code say little. */
const LONGEST = 400

export class Troubles {
  readonly found: string[] = []
  private readonly allowed: RegExp[] = []
  private readonly waiting = new Set<Request>()
  private readonly reading: Promise<string>[] = []

  constructor(
    private readonly page: Page,
    private readonly origin: string,
  ) {}

  async watch(): Promise<void> {
    const { page } = this
    page.on('pageerror', (error) => this.note(`error: ${error.message} ${error.stack ?? ''}`))
    page.on('console', (message) => {
      if (message.type() === 'error') this.note(`console: ${message.text()} ${message.location().url}`)
    })
    page.on('request', (request) => this.begun(request))
    page.on('requestfinished', (request) => this.waiting.delete(request))
    page.on('requestfailed', (request) => this.waiting.delete(request))
    page.on('response', (response) => this.reading.push(bodyOf(response)))
    await page.exposeFunction('polderTestViolated', (what: string) => this.note(`policy: ${what}`))
    await page.addInitScript(reportViolations)
    await this.watchStreams()
  }

  /** From here on, what matches is part of the story. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns)
  }

  /** Every body that has come so far, streams included. */
  async received(): Promise<string> {
    return (await Promise.all(this.reading)).join('\n')
  }

  /** What was asked for and has not come yet; streams aside, which have no end. */
  waitingFor(): string[] {
    return [...this.waiting].map((request) => request.url())
  }

  private note(what: string): void {
    if (!this.allowed.some((pattern) => pattern.test(what))) this.found.push(what.slice(0, LONGEST))
  }

  private begun(request: Request): void {
    if (request.resourceType() !== 'eventsource') this.waiting.add(request)
    this.checkOrigin(request.url())
  }

  private checkOrigin(url: string): void {
    const own = url.startsWith(`${this.origin}/`) || /^(data|blob|about):/.test(url)
    if (!own) this.note(`another origin: ${url}`)
  }

  /** Their bodies have no end, so that they are read as they come. */
  private async watchStreams(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page)
    await session.send('Network.enable')
    session.on('Network.eventSourceMessageReceived', ({ data }) => this.reading.push(Promise.resolve(data)))
  }
}

async function bodyOf(response: Response): Promise<string> {
  if ((response.headers()['content-type'] ?? '').startsWith('text/event-stream')) return ''
  return response.text().catch(() => '')
}

/** Runs in the page. */
function reportViolations() {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    const report = (window as unknown as { polderTestViolated: (what: string) => void }).polderTestViolated
    report(`${violatedDirective} ${blockedURI} ${sample}`)
  })
}
