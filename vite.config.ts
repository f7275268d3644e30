import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Four pages, no inline script or style (the content security policy allows none), every asset named by its hash. */
export default defineConfig({
  root: here('./src/pages'),
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('./dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: {
        find: here('./src/pages/find/index.html'),
        booking: here('./src/pages/booking/index.html'),
        my: here('./src/pages/my/index.html'),
        provider: here('./src/pages/provider/index.html'),
      },
    },
  },
})
