import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Stories in a real browser on a real server. One after the other: they share a machine, a browser and mostly a server.
export default defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    globalSetup: ['e2e/setup.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 90_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 20_000, interval: 50 } },
  },
})
