/**
 * The writer of one instance's audit log.
 *
 * Owns: a folder of its own, claimed as long as it lives, the files in it and where their chain stands.
 * Never: makes a caller wait or fail, changes a byte that was written, or goes on as if nothing were missing when the
 * files end earlier than they did (then the next line leaves the hole open for all to see).
 * States: closed (nothing written yet), open, failing (a write did not succeed; what waits is tried again each second
 * and with each new entry), ended.
 * Invariants: entries are written in the order in which they came; `waiting` is bounded, and entries that found no room
 * are counted in a line of their own; a file is removed only after a line says so.
 *
 * Lines are handed to the system at once, so that a killed process loses none; once a second they are brought to the
 * disk and the head is signed anew. An fsync for each line would compete with the database's.
 * Why not pino-roll: it removes old files without a word, so that a cut by an intruder would look the same, and a
 * stream does not say which line went into which file, on which both the chain and the repair after a fault rest.
 */
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Claim } from '../database/embedded/folder-lock.js'
import {
  type AuditFile,
  auditFiles,
  claimInstance,
  endAfter,
  freeName,
  lastLineOf,
  writeHead,
} from './audit-folder.js'
import { type AuditEntry, type AuditKey, type ChainEnd, headText, nextLine } from './audit-line.js'

const MB = 1024 * 1024
const FILE_BYTES = 16 * MB
/** Some three million lines; then the oldest file goes. */
const TOTAL_BYTES = 1024 * MB
const MAX_WAITING = 10_000
const BATCH = 500
const SEAL_MS = 1_000
const RETRY_MS = 1_000

export interface AuditLogOptions {
  folder: string
  /** Names the instance, the same after a restart. */
  name: string
  /** The current key, and those before it. */
  keys: [current: AuditKey, ...older: AuditKey[]]
  now: () => number
  /** Called once when writing begins to fail, and not again before it has worked. */
  onFault: (error: unknown) => void
  fileBytes?: number
  totalBytes?: number
  maxWaiting?: number
}

export interface AuditLog {
  write(entry: AuditEntry): void
  /** Settles when all that was written so far is on the disk and sealed, or when that failed. */
  flush(): Promise<void>
  close(): Promise<void>
  readonly counts: { written: number; waiting: number; lost: number; failing: boolean }
}

interface Waiting {
  entry: AuditEntry
  /** What may be done once the line is there. */
  afterwards?: () => Promise<void>
}

interface Open {
  folder: string
  claim: Claim
  end: ChainEnd
  file: { handle: FileHandle; path: string; day: string; size: number; ino: number } | null
}

export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { fileBytes = FILE_BYTES, totalBytes = TOTAL_BYTES, maxWaiting = MAX_WAITING } = options
  const [key] = options.keys
  const waiting: Waiting[] = []
  let at: Open | null = null
  let work: Promise<void> = Promise.resolve()
  let asked = false
  let timer: NodeJS.Timeout | null = null
  let sealed = true
  let ended = false
  let written = 0
  let lost = 0
  let unsaid = 0
  const going = new Set<string>()
  let failing = false

  function later(ms: number): void {
    if (timer !== null || ended) return
    timer = setTimeout(() => {
      timer = null
      void runAndSeal()
    }, ms).unref()
  }

  /** One batch at a time; what comes meanwhile is taken along. */
  function run(): Promise<void> {
    if (!asked) {
      asked = true
      work = work.then(() => {
        asked = false
        return drain()
      })
    }
    return work
  }

  function runAndSeal(): Promise<void> {
    void run()
    work = work.then(sealNow)
    return work
  }

  async function drain(): Promise<void> {
    try {
      while (waiting.length > 0 || unsaid > 0) await writeBatch()
      failing = false
    } catch (error) {
      if (!failing) options.onFault(error)
      failing = true
      await closeFile()
      later(RETRY_MS)
    }
  }

  async function writeBatch(): Promise<void> {
    at ??= await openLog()
    if (unsaid > 0) {
      const count = unsaid
      waiting.unshift({ entry: own('audit.lost', { count }) })
      unsaid -= count
    }
    const day = (waiting[0]?.entry.at ?? '').slice(0, 10)
    const file = await fileFor(at, day)
    const batch: Waiting[] = []
    const texts: string[] = []
    const ends: ChainEnd[] = []
    let end = at.end
    let room = fileBytes - file.size
    for (const one of waiting.slice(0, BATCH)) {
      if (room <= 0 || one.entry.at.slice(0, 10) > file.day) break
      const line = nextLine(one.entry, end, key)
      end = line.end
      room -= line.text.length
      batch.push(one)
      texts.push(line.text)
      ends.push(end)
    }
    const bytes = Buffer.from(`${texts.join('\n')}\n`)
    try {
      await writeAll(file.handle, bytes)
    } catch (error) {
      await takeWhatIsThere(at, file.path, ends)
      throw error
    }
    file.size += bytes.length
    at.end = end
    done(batch.length)
    sealed = false
    later(SEAL_MS)
    for (const { afterwards } of batch) await afterwards?.()
  }

  function done(count: number): void {
    waiting.splice(0, count)
    written += count
  }

  /** A write that failed may have left whole lines: they are not written again. */
  async function takeWhatIsThere(log: Open, path: string, ends: readonly ChainEnd[]): Promise<void> {
    const there = await lastLineOf(path).catch(() => null)
    const last = ends.findIndex(({ hash }) => hash === there?.hash)
    log.end = ends[last] ?? log.end
    done(last + 1)
  }

  async function openLog(): Promise<Open> {
    const { folder, claim, head } = await claimInstance(options.folder, options.name, options.keys)
    try {
      return { folder, claim, end: await endAfter(head, await auditFiles(folder), options.keys), file: null }
    } catch (error) {
      claim.release()
      throw error
    }
  }

  /** The file that is open, as long as it has room, is of that day, and lies there as it was left. */
  async function fileFor(log: Open, day: string): Promise<NonNullable<Open['file']>> {
    const { file } = log
    if (file !== null) {
      const found = await stat(file.path).catch(() => null)
      const untouched = found?.ino === file.ino && found.size === file.size
      // Days compare as text; the database's clock never goes back, but a chain may come from another machine.
      if (untouched && file.size < fileBytes && day <= file.day) return file
      await seal(log)
      await closeFile()
    }
    log.file = (file === null ? await reopened(log, day) : null) ?? (await begun(log, day))
    return log.file
  }

  /** The last file, where it ends as the chain does. */
  async function reopened(log: Open, day: string): Promise<Open['file']> {
    const last = (await auditFiles(log.folder)).at(-1)
    if (!last || last.size >= fileBytes || day > last.day) return null
    const { hash, torn } = await lastLineOf(last.path)
    return torn || hash !== log.end.hash ? null : opened(last.path, last.day)
  }

  async function begun(log: Open, day: string): Promise<NonNullable<Open['file']>> {
    const files = await auditFiles(log.folder)
    makeRoom(files)
    return opened(join(log.folder, freeName(log.end.n + 1, day, files)), day)
  }

  async function opened(path: string, day: string): Promise<NonNullable<Open['file']>> {
    const handle = await open(path, 'a', 0o600)
    const { size, ino } = await handle.stat()
    return { handle, path, day, size, ino }
  }

  /** Of the oldest files as many go as are too much; a line that says so comes first. */
  function makeRoom(files: readonly AuditFile[]): void {
    let total = files.reduce((sum, { size }) => sum + size, fileBytes)
    for (const [index, file] of files.entries()) {
      const next = files[index + 1]
      if (total <= totalBytes || next === undefined) return
      total -= file.size
      if (going.has(file.name)) continue
      going.add(file.name)
      waiting.unshift({
        entry: own('audit.dropped', { file: file.name, through: next.first - 1 }),
        afterwards: () => rm(file.path, { force: true }),
      })
    }
  }

  function own(action: string, about: AuditEntry['about'] & object): AuditEntry {
    return { at: new Date(options.now()).toISOString(), action, about }
  }

  async function sealNow(): Promise<void> {
    if (at === null || sealed) return
    try {
      await seal(at)
    } catch (error) {
      if (!failing) options.onFault(error)
      failing = true
    }
  }

  async function seal(log: Open): Promise<void> {
    const { end } = log
    await log.file?.handle.datasync()
    await writeHead(log.folder, headText(end, key))
    sealed = end === log.end
  }

  async function closeFile(): Promise<void> {
    const file = at?.file
    if (!at || !file) return
    at.file = null
    await file.handle.close().catch(() => undefined)
  }

  return {
    write(entry) {
      if (ended) return
      if (waiting.length >= maxWaiting) {
        lost++
        unsaid++
      } else waiting.push({ entry })
      void run()
    },
    flush: runAndSeal,
    async close() {
      if (ended) return
      await runAndSeal()
      ended = true
      if (timer) clearTimeout(timer)
      await closeFile()
      at?.claim.release()
      at = null
    },
    get counts() {
      return { written, waiting: waiting.length, lost, failing }
    },
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from)
    from += bytesWritten
  }
}
