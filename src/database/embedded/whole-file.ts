/** Small files of a data folder that are there whole or not at all, for their owner alone. */
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces what is there. Either the old text or the new one is there afterwards, also after a power cut. */
export function replaceFile(file: string, text: string): void {
  writeAside(file, text)
  renameSync(`${file}.new`, file)
  syncFolder(dirname(file))
}

/** Makes a file that must not be there yet: a link fails where a rename would replace what opens the data. */
export function makeFile(file: string, text: string): void {
  writeAside(file, text)
  linkSync(`${file}.new`, file)
  rmSync(`${file}.new`)
  syncFolder(dirname(file))
}

/** Brings to the disk what was created or renamed in a folder. */
export function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

function writeAside(file: string, text: string): void {
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
}
