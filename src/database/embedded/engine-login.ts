/**
 * The one user of the embedded database: its password, and how a storage comes to know it.
 *
 * Neither engine can be given its first user while it asks for passwords: SecantusDB has no exception for a first user,
 * and mongod's lets whoever connects first be that user. So a storage learns its user before it is served, from an
 * engine that asks for no password and that nobody else reaches: SecantusDB behind a client certificate that is made for
 * the occasion, mongod on a socket in a folder of this user alone.
 * A start that is killed here leaves a storage without its user, and the next start comes here again.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type mongoose from 'mongoose'
import { CannotStart } from '../startup-error.js'
import { localCertificate } from './local-certificate.js'
import { makeFile } from './whole-file.js'

export interface Login {
  user: string
  password: string
  /** Holds the password alone; mongod takes it as its --keyFile as well. */
  file: string
}

export interface PrivateDoor {
  /** Added to the arguments that name the storage. */
  args: string[]
  at: NetConnectOpts
  uri: string
  options: mongoose.mongo.MongoClientOptions
  close(): void
}

type Client = mongoose.mongo.MongoClient

const USER = 'slotcast'
/** Digits and letters that need no escape in a URI and that mongod accepts in a key file. */
const PASSWORD = /^[0-9a-f]{64}$/

/** Call it with the data folder claimed. */
export function keptLogin(dataDir: string): Login {
  const file = join(dataDir, 'database.key')
  if (!existsSync(file)) makeFile(file, randomBytes(32).toString('hex'))
  const login = loginIn(dataDir)
  if (login === null) {
    throw new CannotStart(`${file} is not readable; remove it, and the database gets a new password.`)
  }
  return login
}

/** As it lies there; null where there is none that can be read. */
export function loginIn(dataDir: string): Login | null {
  const file = join(dataDir, 'database.key')
  const password = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return PASSWORD.test(password) ? { user: USER, password, file } : null
}

export function uriFor(port: number, { user, password }: Login): string {
  return `mongodb://${user}:${password}@127.0.0.1:${port}/?authSource=admin`
}

/** The storage knows this user with this password afterwards, and no other that can be found. */
export async function makeOnlyUser(client: Client, { user, password }: Login): Promise<void> {
  const known = await knownUsers(client)
  // Before there was a password everybody on this machine could have made a user.
  for (const one of known) {
    if (one.user !== user || one.db !== 'admin') await client.db(one.db).command({ dropUser: one.user })
  }
  const isKnown = known.some((one) => one.user === user && one.db === 'admin')
  const roles = [{ role: 'root', db: 'admin' }]
  await client.db('admin').command({ [isKnown ? 'updateUser' : 'createUser']: user, pwd: password, roles })
}

/** SecantusDB tells the users of one database at a time, and mongod all of them, also where there is nothing else. */
async function knownUsers(client: Client): Promise<{ user: string; db: string }[]> {
  const admin = client.db('admin')
  const { databases } = await admin.command({ listDatabases: 1, nameOnly: true })
  const names = new Set<string>(['admin', ...databases.map(({ name }: { name: string }) => name)])
  const found = [await admin.command({ usersInfo: { forAllDBs: true } })]
  for (const name of names) found.push(await client.db(name).command({ usersInfo: 1 }))
  const users = found.flatMap(({ users }) => users as { user: string; db: string }[])
  return [...new Map(users.map((one) => [`${one.db}.${one.user}`, one])).values()]
}

/** SecantusDB: who has no certificate of this authority is sent away before it can ask for anything. */
export function certificateDoor(dataDir: string, port: number): PrivateDoor {
  const folder = join(dataDir, 'first-user')
  const close = () => rmSync(folder, { recursive: true, force: true })
  close()
  mkdirSync(folder, { mode: 0o700 })
  const { authority, certificate, key } = localCertificate()
  const fileOf = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  const files = ['--tls-cert-file', fileOf('cert.pem', certificate), '--tls-key-file', fileOf('key.pem', key)]
  const callers = ['--tls-ca-file', fileOf('ca.pem', authority), '--tls-require-client-cert']
  return {
    args: ['--host', '127.0.0.1', '--port', String(port), ...files, ...callers],
    at: { port, host: '127.0.0.1' },
    uri: `mongodb://127.0.0.1:${port}/`,
    options: { tls: true, ca: authority, cert: certificate, key },
    close,
  }
}

/** mongod: a socket is reached through its folder. Not in the data folder, whose path may be too long for a socket. */
export function socketDoor(): PrivateDoor {
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-'))
  const socket = join(folder, 'db.sock')
  return {
    args: ['--bind_ip', socket, '--unixSocketPrefix', folder],
    at: { path: socket },
    uri: `mongodb://${encodeURIComponent(socket)}/`,
    options: {},
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
