/**
 * The last link of the chain: a mongod from MongoDB's own download site, for machines without Python or without a
 * wheel. `mongodb-memory-server-core` knows which archive fits which system (its MONGOMS_* variables hold, a mirror
 * too); four of its habits are changed here: it does not check the site's certificate, it is content with MD5, it waits
 * a minute for a site that does not answer, and it writes its progress to stdout.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Fetched } from './secantus-wheel.js'

const GIVE_UP_SILENT_MS = 8_000
const PROGRESS_EVERY_MS = 2_000

export async function downloadedMongod(
  cacheDir: string,
  say: (line: string) => void,
  giveUpSilentMs = GIVE_UP_SILENT_MS,
): Promise<Fetched> {
  // Loaded here because nearly nobody comes this far and every start would pay for it.
  const { DryMongoBinary } = await import('mongodb-memory-server-core')
  const { MongoBinaryDownload } = await import('mongodb-memory-server-core/lib/util/MongoBinaryDownload.js')
  const settings = await import('mongodb-memory-server-core/lib/util/resolveConfig.js')
  const { ResolveConfigVariables: names } = settings

  class Download extends MongoBinaryDownload {
    private saidAt = performance.now()

    override httpDownload(url: URL, options: RequestOptions, archive: string, partial: string) {
      const safe = { ...options, rejectUnauthorized: true }
      return super.httpDownload(url, safe, archive, partial, 1, 0, giveUpSilentMs)
    }

    /** Asked with the address of the MD5; the site has the SHA-256 beside it. */
    override async makeMD5check(addressOfMd5: string, archive: string) {
      const told = await this.download(addressOfMd5.replace(/\.md5$/, '.sha256'))
      const wanted = /^\s*([0-9a-f]{64})\b/i.exec(await readFile(told, 'utf8'))?.[1]?.toLowerCase()
      const hash = createHash('sha256')
      await pipeline(createReadStream(archive), hash)
      if (hash.digest('hex') !== wanted) throw new Error('the archive is not the one of its SHA-256')
      await rm(told)
      return true
    }

    override printDownloadProgress(chunk: { length: number }) {
      this.dlProgress.current += chunk.length
      if (performance.now() - this.saidAt < PROGRESS_EVERY_MS) return
      this.saidAt = performance.now()
      say(`mongod: ${Math.round(this.dlProgress.current / 1_048_576)} of ${this.dlProgress.totalMb} MB`)
    }
  }

  const home = join(cacheDir, 'mongod')
  await mkdir(home, { recursive: true })
  const unpacked = await mkdtemp(join(cacheDir, 'unpacking-'))
  const mirror = settings.resolveConfig(names.DOWNLOAD_MIRROR) ?? 'https://fastdl.mongodb.org'
  if (mirror.startsWith('http:')) settings.setDefaultValue(names.USE_HTTP, 'true')
  try {
    const options = await DryMongoBinary.generateOptions({ version: '', downloadDir: unpacked })
    const binary = join(home, await DryMongoBinary.getBinaryName(options))
    if (existsSync(binary)) return { binary }
    say(`downloading mongod ${options.version} from ${new URL(mirror).host} (once)`)
    const made = await new Download({ ...options, downloadDir: unpacked }).getMongodPath()
    await rename(made, binary)
    return { binary }
  } catch (error) {
    return { missing: `mongod could not be downloaded from ${mirror}: ${inOneLine(error)}` }
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

function inOneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const lines = text.split('\n').map((line) => line.trim())
  return lines.slice(0, 2).join(' ').replaceAll('"', '').slice(0, 300)
}
