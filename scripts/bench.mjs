/** `npm run bench`: prepares the clone, then measures; names of benchmarks may follow. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/scripts/bench.js')
