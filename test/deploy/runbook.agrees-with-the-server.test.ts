import { existsSync, readdirSync } from 'node:fs'
import t from 'tap'
import { anchorsOf, readDocument, rowsOf, sectionOf } from '../helper/documents.js'
import { scrape } from '../helper/metrics.js'
import { ROOT } from '../helper/paths.js'
import { startOne } from '../helper/servers.js'
import { until } from '../helper/until.js'

const page = readDocument('docs/runbook.md')
/** Sections that are no fault. */
const OTHERS = ['What to watch', 'Alarms']

/** The source of the server, with `…` for what a template fills in. */
const sources = ['src', 'plugins'].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/pages/'))
    .map((path) => readDocument(path).replace(/\$\{[^{}]*\}/g, '…')),
)

/** Lines of the log stand in the page as a code span in quotation marks. */
function quoted(text: string): string[] {
  return [...text.matchAll(/`"([^`]+)"`/g)].map(([, line = '']) => line)
}

/** Whole messages stand between quotes in the source; of those that are filled in, parts may be quoted. */
function isInSource(line: string): boolean {
  const text = line.includes('…') ? line : `'${line}'`
  return sources.some((source) => source.includes(text) || source.includes(`\`${line}\``))
}

t.test('every line of the log that is quoted is one that the server writes', async (t) => {
  const lines = quoted(page)
  t.ok(lines.length > 25, `${lines.length} lines`)
  for (const line of lines) t.ok(isInSource(line), line)

  t.same(quoted('says `"it is late"` and `"… bytes are left"`; `code`'), ['it is late', '… bytes are left'])
  for (const wrong of ['a sweep failed', 'a sweep failed; tomorrow tries again', '… bytes are left in …'])
    t.notOk(isInSource(wrong), `control: ${wrong}`)
})

t.test('every metric of a server is in the table, with what it says when all is well', async (t) => {
  const server = await startOne(t)
  const { types } = await scrape(server)
  const rows = rowsOf(sectionOf(page, 'What to watch'))
  const named = rows.map(([metric = '']) => metric.replaceAll('`', ''))
  t.same([...named].sort(), [...types.keys()].sort())

  const bounds = rows.flatMap(([metric = '', well = '']) => {
    const [, relation, bound] = /^`(=|<) ([\d.]+)`$/.exec(well) ?? []
    return relation === undefined
      ? []
      : [{ name: metric.replaceAll('`', ''), relation, bound: Number(bound) }]
  })
  t.ok(bounds.length > 15)
  for (const { name, relation, bound } of bounds) {
    await until(async () => {
      const values = (await scrape(server)).series.filter((one) => one.name === name)
      return values.every(({ value }) => (relation === '=' ? value === bound : value < bound))
    }, `${name} ${relation} ${bound}`)
    t.pass(`${name} ${relation} ${bound}`)
  }
})

t.test('what /readyz checks is named, each by its name', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call<{ checks: Record<string, boolean> }>('GET', '/readyz')
  const [, list = ''] = /says which check fails: ([^.]+)\./.exec(page) ?? []
  t.same(
    [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    Object.keys(body.checks),
  )
})

t.test('each fault says how it looks, what happens by itself, what to do and when it is over', async (t) => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading)
  const faults = headings.filter((heading) => !OTHERS.includes(heading))
  t.ok(faults.length >= 15, `${faults.length} faults`)
  for (const heading of faults)
    t.same(
      [...sectionOf(page, heading).matchAll(/^- \*\*([^*]+)\*\*/gm)].map(([, part]) => part),
      ['Looks like', 'By itself', 'You', 'Over when'],
      heading,
    )
})

t.test('metrics and sections that the documents name are there', async (t) => {
  const { types } = await scrape(await startOne(t))
  const isMetric = (name: string) => types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, ''))
  for (const name of readdirSync(new URL('docs', ROOT)).filter((one) => one.endsWith('.md'))) {
    const text = readDocument(`docs/${name}`)
    // With a dot behind it, it is a collection of the database.
    for (const [, metric = ''] of text.matchAll(/\b(slotcast_[a-z_]+[a-z])(?![\w.…:])/g))
      t.ok(isMetric(metric), `${name}: ${metric}`)
  }
  for (const from of ['runbook.md', 'operations.md', 'kubernetes.md'])
    for (const [, to = '', anchor = ''] of readDocument(`docs/${from}`).matchAll(
      /\]\((?!https:)([^)#]*)(?:#([^)]+))?\)/g,
    )) {
      const path = `docs/${to === '' ? from : to}`
      t.ok(existsSync(new URL(path, ROOT)), path)
      if (anchor !== '') t.ok(anchorsOf(readDocument(path)).includes(anchor), `${from}: ${to}#${anchor}`)
    }
  t.notOk(isMetric('slotcast_clock_trust'), 'control')
})
