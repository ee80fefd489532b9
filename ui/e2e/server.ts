/** A real `polder server`, with a data folder of its own, on a free port of this machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const BINARY = process.env.POLDER_BIN ?? fileURLToPath(new URL('../../target/debug/polder', import.meta.url))
/** Pages to serve instead of those that the program would. */
const PAGES = process.env.UI_FOLDER ? ['--ui-folder', process.env.UI_FOLDER] : []

/** Where a server is, and the token of its administrator. */
export type Address = { url: string; token: string }

type Announced = { url: string; admin_token_file: string }

export class Server implements Address {
  url = ''
  token = ''
  private running: ChildProcess | undefined
  private constructor(
    readonly folder: string,
    private readonly flags: string[],
  ) {}

  /** Starts one; it answers when this does. */
  static async start(...flags: string[]): Promise<Server> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: cargo build -p polder, or set POLDER_BIN`)
    const server = new Server(await mkdtemp(join(tmpdir(), 'polder-e2e-')), flags)
    // Whoever ends the tests early leaves no server behind.
    process.once('exit', () => server.running?.kill())
    await server.startAgain()
    return server
  }

  /** On the same port and with the same data as before, if it was running already. */
  async startAgain(): Promise<void> {
    const listen = this.url === '' ? '127.0.0.1:0' : this.url.replace('http://', '')
    const given = ['server', '--json', '--data', join(this.folder, 'data'), '--listen', listen, ...PAGES, ...this.flags]
    const log = openSync(join(this.folder, 'server.log'), 'a')
    this.running = spawn(BINARY, given, { stdio: ['ignore', 'pipe', log], env: { ...process.env, POLDER_LOG: 'info' } })
    const { url, admin_token_file } = await this.announced(this.running)
    this.url = url
    this.token = readFileSync(admin_token_file, 'utf8').trim()
  }

  /** What secrets are locked with, as it stands in the data folder. */
  async masterKey(): Promise<string> {
    return readFile(join(this.folder, 'data', 'master-key'), 'utf8')
  }

  /** Ends it at once, as a power cut would; open connections break. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM')
    await rm(this.folder, { recursive: true, force: true })
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const process = this.running
    this.running = undefined
    if (!process || process.exitCode !== null || process.signalCode !== null) return
    const exit = once(process, 'exit')
    process.kill(signal)
    await exit
  }

  /** The line that says that requests are answered. */
  private async announced(process: ChildProcess): Promise<Announced> {
    if (!process.stdout) throw new Error('the server has no output')
    for await (const line of createInterface({ input: process.stdout })) return JSON.parse(line) as Announced
    throw new Error(`the server ended:\n${this.log()}`)
  }

  private log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-4_000)
  }
}
