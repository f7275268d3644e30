/** The growth of costs as a picture: one small chart for each of them, server and engine stacked, one bar a level. */

export interface Chart {
  name: string
  /** In microseconds of processor time. */
  bars: { label: string; server: number; engine: number }[]
}

const WIDTH = 760
const CHART = { width: 170, height: 150, gap: 16, top: 64, left: 16 }
const BAR = 34
const COLOURS = { server: '#0b6470', engine: '#8fb8bd', text: '#132023', quiet: '#47585c', line: '#d5dedf' }

/** `says`: what it shows, for those who cannot see it. */
export function growthPicture(title: string, says: string, charts: Chart[]): string {
  const height = CHART.top + CHART.height + 56
  const drawn = charts.map((chart, index) =>
    drawnChart(chart, CHART.left + index * (CHART.width + CHART.gap)),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${says}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(CHART.left, 24, title, { size: 15, weight: 600 })}
${key(CHART.left, 44, 'server', COLOURS.server)}${key(CHART.left + 90, 44, 'engine', COLOURS.engine)}
${drawn.join('\n')}
</svg>
`
}

function drawnChart({ name, bars }: Chart, left: number): string {
  const most = Math.max(...bars.map(({ server, engine }) => server + engine))
  const scale = (CHART.height - 30) / most
  const base = CHART.top + CHART.height
  const step = CHART.width / bars.length
  const drawn = bars.map(({ label, server, engine }, index) => {
    const x = left + index * step + (step - BAR) / 2
    const low = server * scale
    const high = engine * scale
    return [
      rect(x, base - low, low, COLOURS.server),
      rect(x, base - low - high, high, COLOURS.engine),
      text(x + BAR / 2, base - low - high - 5, (server + engine).toFixed(0), { anchor: 'middle' }),
      text(x + BAR / 2, base + 16, label, { anchor: 'middle', colour: COLOURS.quiet }),
    ].join('')
  })
  return [
    `<line x1="${left}" y1="${base}" x2="${left + CHART.width}" y2="${base}" stroke="${COLOURS.line}"/>`,
    ...drawn,
    text(left + CHART.width / 2, base + 38, name, { anchor: 'middle', weight: 600 }),
  ].join('')
}

function rect(x: number, y: number, height: number, colour: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}" fill="${colour}"/>`
}

function key(x: number, y: number, name: string, colour: string): string {
  return `<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${colour}"/>${text(x + 16, y, name)}`
}

function text(
  x: number,
  y: number,
  words: string,
  look: { size?: number; weight?: number; anchor?: string; colour?: string } = {},
): string {
  const { size = 12, weight = 400, anchor = 'start', colour = COLOURS.text } = look
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}">${words}</text>`
}
