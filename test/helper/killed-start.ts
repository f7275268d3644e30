/**
 * A first start in a process of its own that dies, by SIGKILL, right before or right after one step on the disk:
 * `killed-start.ts <data folder> <cache> 'before rename db'`. Without such a step it says that it has started, and dies.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'

const [, , dataDir = '', cacheDir = '', wanted = ''] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')

type Step = (...args: unknown[]) => unknown

/** The last path that is given is the one that appears or goes. */
function named(name: string, step: Step, paths: number): Step {
  return (...args) => {
    const what = `${name} ${basename(String(args[paths - 1]))}`
    if (wanted === `before ${what}`) die()
    const result = step(...args)
    if (wanted === `after ${what}`) die()
    return result
  }
}

Object.assign(fs, {
  linkSync: named('link', fs.linkSync as Step, 2),
  renameSync: named('rename', fs.renameSync as Step, 2),
  mkdirSync: named('mkdir', fs.mkdirSync as Step, 1),
  rmSync: named('rm', fs.rmSync as Step, 1),
  writeFileSync: named('write', fs.writeFileSync as Step, 1),
})
syncBuiltinESMExports()

const { startEmbeddedMongo } = await import('../../src/database/embedded/embedded-mongo.js')
await startEmbeddedMongo({ dataDir, cacheDir, env: process.env, say: () => {} })
process.stdout.write('started')
die()
