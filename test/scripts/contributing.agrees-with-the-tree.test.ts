import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { withImportTable } from '../../scripts/ci/imports-text.js'
import { ROOT } from '../helper/paths.js'
import { importRules } from '../helper/source-rules.js'

const page = readFileSync(new URL('CONTRIBUTING.md', ROOT), 'utf8')
const map = page.split('## The map')[1]?.split('```')[1] ?? ''

/** The paths of a map, in which two more blanks lead one folder further down. */
function pathsOf(text: string): string[] {
  const above: string[] = []
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [blanks = ''] = /^ */.exec(line) ?? []
      const depth = blanks.length / 2
      above[depth] = line.trim().split(' ')[0] ?? ''
      return above.slice(0, depth + 1).join('')
    })
}

function foldersIn(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}${name}/`)
}

t.test('the table of imports is what the rules are', async (t) => {
  t.equal(withImportTable(page), page, 'npm run settings brings it up to date')
  for (const rule of importRules) t.match(page, `| \`${rule.in}\` |`)
  const altered = page.replace('| `src/limits/` | `src/limits/` |', '| `src/limits/` | |')
  t.not(altered, page)
  t.equal(withImportTable(altered), page, 'control: another rule would be seen')
})

t.test('the map has every folder of the tree, and nothing else', async (t) => {
  const paths = pathsOf(map)
  t.ok(paths.length > 30)
  for (const path of paths) t.ok(existsSync(new URL(path, ROOT)), path)
  const folders = ['src/', 'src/live/', 'src/database/', 'scripts/', 'test/system/'].flatMap(foldersIn)
  for (const folder of folders) t.ok(paths.includes(folder), folder)
})

t.test('control: the map is read by its indentation', async (t) => {
  t.same(pathsOf('src/\n  a.ts   words\n  live/  words\n    x/\ntest/\n'), [
    'src/',
    'src/a.ts',
    'src/live/',
    'src/live/x/',
    'test/',
  ])
})
