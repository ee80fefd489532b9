import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { compression } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

// `npm run dev` shows the interface of a server that runs already; sign in there with its token.
const server = process.env.POLDER_URL ?? 'http://127.0.0.1:7070'

/** Styles come before scripts, so that the top of the page stands while the rest is on its way. */
const stylesFirst: Plugin = {
  name: 'styles-first',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replaceAll(/(<script type="module"|rel="modulepreload")/g, '$1 fetchpriority="low"'),
  },
}

export default defineConfig({
  plugins: [
    react(),
    stylesFirst,
    // The server hands these out, so that nothing is compressed while somebody waits. Over plain HTTP browsers take gzip only.
    compression({ algorithms: ['brotliCompress', 'gzip'], include: /\.(js|css|svg|json|txt)$/, threshold: 1024 }),
  ],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  // No script or style inside index.html: the content security policy refuses them.
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    // The styles of all pages are small, and one file: those of a page that could not be had once are not asked for again.
    cssCodeSplit: false,
    // What the first page needs is one file too: cut up by who else uses which part of it, it is larger, and grows with every page.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: /src\/main\.tsx$/ }] } } },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', proxy: { '/api/': { target: server, changeOrigin: false } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing/setup.ts'] },
})
