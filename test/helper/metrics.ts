/** The answer of `/metrics`, taken apart. */
export interface Series {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Scrape {
  /** Of `# TYPE`: every metric, whether or not it has a value yet. */
  types: Map<string, string>
  series: Series[]
}

export async function scrape({ url }: { url: string }): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const types = new Map<string, string>()
  const series: Series[] = []
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== undefined && type !== undefined) types.set(name, type)
    const [, of, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (of !== undefined)
      series.push({
        name: of,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]),
        ),
        value: Number(value),
      })
  }
  return { types, series }
}
