/** `npm run audit:verify`: what audit-verify.ts says, from a prepared clone. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/scripts/audit-verify.js')
