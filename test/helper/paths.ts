/** Tests run compiled (`npm test`) and from their sources (`tap run`), in both cases with the clone as working folder. */
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The folder of the clone. */
export const ROOT = pathToFileURL(`${process.cwd()}/`)

/** A module of the clone to run as a process, by its path without extension; compiled when this process is. */
export function programPath(module: string): string {
  const here = fileURLToPath(import.meta.url)
  return fileURLToPath(new URL(`../../${module}${extname(here)}`, import.meta.url))
}
