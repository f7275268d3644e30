/** How another program of the same user reaches the database that a running server has started in its data folder. */
import { join, resolve } from 'node:path'
import { loginIn, uriFor } from './engine-login.js'
import { servingPort } from './engine-process.js'

/** Names no database. Null where no engine serves this folder. */
export function runningEngineUri(dataDir: string): string | null {
  const folder = resolve(dataDir)
  const port = servingPort(folder, join(folder, 'db'))
  const login = loginIn(folder)
  return port === null || login === null ? null : uriFor(port, login)
}
