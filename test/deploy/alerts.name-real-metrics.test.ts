import { parser } from '@prometheus-io/lezer-promql'
import t from 'tap'
import { parse } from 'yaml'
import { temporaryFolder } from '../helper/database.js'
import { anchorsOf, readDocument, rowsOf, sectionOf } from '../helper/documents.js'
import { deploymentOf, readManifests } from '../helper/manifests.js'
import { type Scrape, scrape } from '../helper/metrics.js'
import { publish, register, startOne } from '../helper/servers.js'

interface Alert {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}

const { groups } = parse(readDocument('deploy/alerts.yaml')) as { groups: { name: string; rules: Alert[] }[] }
const alerts = groups.flatMap(({ rules }) => rules)
const runbook = readDocument('docs/runbook.md')

interface Selector {
  metric: string
  matchers: { label: string; value: string }[]
}

interface Expression {
  isValid: boolean
  selectors: Selector[]
  /** In `by`, `on` and the like. */
  groupings: string[]
}

/** By the grammar that Prometheus publishes for its own editor. */
function read(expr: string): Expression {
  const found: Expression = { isValid: true, selectors: [], groupings: [] }
  let isGrouping = false
  let label = ''
  parser.parse(expr).iterate({
    enter({ type, name, from, to }) {
      const text = expr.slice(from, to)
      if (type.isError) found.isValid = false
      if (name === 'GroupingLabels') isGrouping = true
      if (name === 'LabelMatchers') isGrouping = false
      if (name === 'Identifier') found.selectors.push({ metric: text, matchers: [] })
      if (name === 'LabelName' && isGrouping) found.groupings.push(text)
      if (name === 'LabelName') label = text
      if (name === 'StringLiteral') found.selectors.at(-1)?.matchers.push({ label, value: text.slice(1, -1) })
    },
    leave({ name }) {
      if (name === 'GroupingLabels') isGrouping = false
    },
  })
  return found
}

/** What Prometheus adds to each series that it reads. */
const OF_PROMETHEUS = ['job', 'instance']

function faultsOf(expr: string, { types, series }: Scrape): string[] {
  const { isValid, selectors, groupings } = read(expr)
  const faults = isValid ? [] : ['is not PromQL']
  if (selectors.length === 0) faults.push('reads no metric')
  const known = new Set(OF_PROMETHEUS)
  for (const { metric, matchers } of selectors) {
    const family = metric.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(metric) && types.get(family) !== 'histogram') faults.push(`there is no ${metric}`)
    const own = series.filter(({ name }) => name === metric)
    for (const { labels } of own) for (const label of Object.keys(labels)) known.add(label)
    for (const { label, value } of matchers)
      if (!own.some(({ labels }) => labels[label] === value))
        faults.push(`no ${metric} has ${label} "${value}"`)
  }
  for (const label of groupings) if (!known.has(label)) faults.push(`nothing has the label ${label}`)
  return faults
}

/** A server on which something has happened, so that its histograms have values. */
async function busyServer(t: Parameters<typeof startOne>[0]): Promise<Scrape> {
  const server = await startOne(t, { mail: temporaryFolder(t) })
  const provider = await register(server, 'provider')
  await publish(server, provider, 2)
  return await scrape(server)
}

t.test('every alarm is PromQL that reads metrics and labels which a real server has', async (t) => {
  const scraped = await busyServer(t)
  t.ok(alerts.length > 20)
  for (const { alert, expr } of alerts) t.same(faultsOf(expr, scraped), [], alert)

  t.same(
    faultsOf('slotcast_clock_trust == 0', scraped),
    ['there is no slotcast_clock_trust'],
    'control: a metric that there is not',
  )
  t.same(faultsOf('rate(slotcast_sockets[5m', scraped), ['is not PromQL'], 'control: half an expression')
  t.same(
    faultsOf('slotcast_job_attempts_total{channel="post",end="failed"} > 0', scraped),
    ['no slotcast_job_attempts_total has channel "post"'],
    'control: a value that there is not',
  )
  t.same(
    faultsOf('sum by (provider) (slotcast_sockets)', scraped),
    ['nothing has the label provider'],
    'control: a label that there is not',
  )
})

t.test('counters that alarms go by are there before anything has happened', async (t) => {
  const { series } = await scrape(await startOne(t, { mail: temporaryFolder(t) }))
  const counted = alerts
    .flatMap(({ expr }) => read(expr).selectors)
    .filter(({ matchers }) => matchers.length > 0)
  t.ok(counted.length > 5)
  for (const { metric, matchers } of counted) {
    const own = series.filter(
      ({ name, labels }) => name === metric && matchers.every(({ label, value }) => labels[label] === value),
    )
    t.same(
      own.map(({ value }) => value),
      [0],
      `${metric} ${JSON.stringify(matchers)}`,
    )
  }
})

t.test('each alarm has a name of its own, an urgency, a summary, and a section of the runbook', async (t) => {
  t.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length)
  const anchors = anchorsOf(runbook)
  for (const { alert, expr, labels, annotations, for: time } of alerts) {
    t.match(labels.severity, /^(page|ticket)$/, alert)
    t.match(time ?? '0s', /^\d+[sm]$/, alert)
    const [page, anchor = ''] = annotations.runbook.split('#')
    t.equal(page, 'docs/runbook.md', alert)
    t.ok(anchors.includes(anchor), annotations.runbook)
    // What is summed up is of no instance any more.
    const isSummed = /^(sum|count|absent|histogram_quantile)\b/.test(expr)
    t.equal(/\$labels/.test(annotations.summary), !isSummed, `${alert}: ${annotations.summary}`)
  }
})

t.test('the table in the runbook is what the rules are', async (t) => {
  const told = rowsOf(sectionOf(runbook, 'Alarms'))
  const wanted = alerts.map(({ alert, expr, labels, annotations, for: time = 'at once' }) => [
    `\`${alert}\``,
    `\`${expr}\``,
    time,
    labels.severity,
    annotations.summary.replace(/: \{\{.*\}\}$/, ''),
    annotations.runbook.replace(/^.*#/, '#'),
  ])
  t.same(
    told.map(([...cells]) => [...cells.slice(0, 5), /\((#[^)]+)\)/.exec(cells[5] ?? '')?.[1]]),
    wanted,
  )
})

t.test('numbers of instances and of bytes are those of the manifests', async (t) => {
  const { replicas, template } = deploymentOf(readManifests()).spec
  const exprOf = (name: string) => alerts.find(({ alert }) => alert === name)?.expr ?? ''
  t.match(exprOf('SlotcastOneInstance'), `< ${replicas}`)
  t.equal(template.spec.containers[0].resources.limits.memory, '1Gi')
  t.match(exprOf('SlotcastMemoryHigh'), `> ${Math.round(0.85 * 2 ** 30)} `)
})
