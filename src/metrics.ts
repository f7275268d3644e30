/**
 * Counters, gauges and histograms in Prometheus' text format (0.0.4), as much of it as this server needs.
 *
 * Why not a library: prom-client 15 is deprecated, its successor asks for Node 22, and both keep a default registry
 * per module, while several servers live in one process here. The format is four kinds of line.
 * Labels are for kinds of things. An id, a name or an address as a label would be a leak and grow without end.
 */
export type Labels = Record<string, string | number>

export class Metrics {
  readonly #families: Family[] = []

  counter(name: string, help: string): Counter {
    return this.#add(new Counter(name, help))
  }

  /** Read when somebody asks; a list where there is one value for each kind. */
  gauge(name: string, help: string, read: () => number | [Labels, number][], type: Type = 'gauge'): void {
    this.#add({
      name,
      help,
      type,
      lines: () => {
        const values = read()
        const list: [Labels, number][] = typeof values === 'number' ? [[{}, values]] : values
        return list.map(([labels, value]) => line(name, labels, value))
      },
    })
  }

  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    return this.#add(new Histogram(name, help, bounds))
  }

  text(): string {
    return this.#families
      .map(({ name, help, type, lines }) => {
        const values = lines()
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${values.join('')}`
      })
      .join('')
  }

  #add<F extends Family>(family: F): F {
    this.#families.push(family)
    return family
  }
}

type Type = 'counter' | 'gauge' | 'histogram'

interface Family {
  readonly name: string
  readonly help: string
  readonly type: Type
  readonly lines: () => string[]
}

export class Counter implements Family {
  readonly type = 'counter'
  readonly #values = new Map<string, { labels: Labels; value: number }>()
  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  add(labels: Labels = {}, by = 1): void {
    const key = keyOf(labels)
    const known = this.#values.get(key)
    if (known) known.value += by
    else this.#values.set(key, { labels, value: by })
  }

  lines = (): string[] =>
    [...this.#values.values()].map(({ labels, value }) => line(this.name, labels, value))
}

export class Histogram implements Family {
  readonly type = 'histogram'
  readonly #series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>()
  constructor(
    readonly name: string,
    readonly help: string,
    readonly bounds: readonly number[],
  ) {}

  observe(value: number, labels: Labels = {}): void {
    const key = keyOf(labels)
    let series = this.#series.get(key)
    if (!series) {
      series = { labels, counts: this.bounds.map(() => 0), sum: 0, count: 0 }
      this.#series.set(key, series)
    }
    series.sum += value
    series.count++
    const at = this.bounds.findIndex((bound) => value <= bound)
    if (at !== -1) series.counts[at] = (series.counts[at] ?? 0) + 1
  }

  lines = (): string[] =>
    [...this.#series.values()].flatMap(({ labels, counts, sum, count }) => {
      let below = 0
      const buckets = this.bounds.map((bound, at) => {
        below += counts[at] ?? 0
        return line(`${this.name}_bucket`, { ...labels, le: bound }, below)
      })
      buckets.push(line(`${this.name}_bucket`, { ...labels, le: '+Inf' }, count))
      return [...buckets, line(`${this.name}_sum`, labels, sum), line(`${this.name}_count`, labels, count)]
    })
}

function keyOf(labels: Labels): string {
  return Object.values(labels).join('\n')
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, one]) => `${key}="${escaped(String(one))}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
