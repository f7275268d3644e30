/** `npm run settings`: what write-settings.ts says, from a prepared clone. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/scripts/write-settings.js')
