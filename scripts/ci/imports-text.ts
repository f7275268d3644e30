/** CONTRIBUTING's table of who may import whom, made from the rules that `test/architecture.test.ts` keeps. */
import { importRules } from '../../test/helper/source-rules.js'

const BEGIN = '<!-- imports: made by npm run settings -->'
const END = '<!-- end of imports -->'

export function importTable(): string {
  const rows = importRules.map(({ in: files, may }) => {
    const packages = may.packages === 'any' ? 'any' : listed(may.packages)
    return `| \`${files}\` | ${listed(may.files)} | ${packages} |`
  })
  return ['| files | may import of ours | packages |', '|---|---|---|', ...rows].join('\n')
}

/** CONTRIBUTING with its table made anew. */
export function withImportTable(page: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin === -1 || end < begin) throw new Error('CONTRIBUTING has no place for the table of imports')
  return `${page.slice(0, begin)}${BEGIN}\n${importTable()}\n${page.slice(end)}`
}

function listed(paths: readonly string[]): string {
  // A path without an ending stands for every file that begins with it.
  return paths.map((path) => `\`${/^src.*\/[\w-]+$/.test(path) ? `${path}*` : path}\``).join(' ')
}
