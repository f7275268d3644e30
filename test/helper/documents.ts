/** The documents as tests read them: sections, tables, links. */
import { readFileSync } from 'node:fs'
import { ROOT } from './paths.js'

export function readDocument(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

/** As it is in a link: `# A new FIELD_KEY` is `a-new-field_key`. */
export function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The text under a heading of the second level, without it. */
export function sectionOf(page: string, heading: string): string {
  const found = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (found === undefined) throw new Error(`there is no section ${heading}`)
  return found.slice(heading.length + 1)
}

/** The rows of a table, without its head, as their cells. */
export function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
