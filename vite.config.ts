import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Compressed once, here, and served as they are. */
function compressed(folder: string): Plugin {
  return {
    name: 'compressed',
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue
        const bytes = readFileSync(`${folder}/${name}`)
        writeFileSync(`${folder}/${name}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(`${folder}/${name}.br`, brotliCompressSync(bytes))
      }
    },
  }
}

const pages = [
  'find',
  'booking',
  'my',
  'provider',
  'day-list',
  'hours',
  'services',
  'public-page',
  'account',
  'missing',
]

/** No inline script or style (the content security policy allows none), every asset named by its hash. */
export default defineConfig({
  root: here('./src/pages'),
  base: '/',
  publicDir: false,
  plugins: [compressed(here('./dist/pages'))],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('./dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: Object.fromEntries(pages.map((page) => [page, here(`./src/pages/${page}/index.html`)])),
    },
  },
})
