/** `npm start`: in one process, so that signals and exit codes are the server's own. */
import { prepare } from './prepare.mjs'

prepare()
await import('../dist/src/server.js')
