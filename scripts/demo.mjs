/** `npm run demo`: prepares the clone, then shows what it does. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/scripts/demo.js')
