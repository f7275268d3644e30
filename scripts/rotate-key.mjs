/** `npm run rotate-key`: what rotate-key.ts does, from a prepared clone. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/scripts/rotate-key.js')
