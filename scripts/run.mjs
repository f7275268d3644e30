/** `node scripts/run.mjs <script> [arguments]`: prepares the clone, then runs a TypeScript program of this folder. */
import { prepare } from './prepare.mjs'

const [script] = process.argv.splice(2, 1)
prepare()
await import(`../dist/scripts/${script}.js`)
