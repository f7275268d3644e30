import t from 'tap'
import { pageSources, textsIn } from '../helper/page-texts.js'

t.test('no page has a text of its own', async (t) => {
  const sources = pageSources()
  t.ok(sources.length > 100, `${sources.length} files`)
  t.same(
    sources.flatMap(textsIn).map(({ path, line, text }) => `${path}:${line} ${text}`),
    [],
  )
})

t.test('control: a text is found wherever it is planted, and what machines read is not', async (t) => {
  const found = (text: string) => textsIn({ path: 'src/pages/planted.tsx', text }).map((one) => one.text)
  const planted: [string, string][] = [
    ['const a = <p>Booked</p>', 'Booked'],
    ['const a = <p>{free} free</p>', 'free'],
    ["const a = <p>{isHeld ? 'held' : text}</p>", 'held'],
    ["const a = <p>{isHeld && 'held'}</p>", 'held'],
    ['const a = <button aria-label="Close" />', 'Close'],
    ["const a = <input placeholder={isNew ? 'name' : undefined} />", 'name'],
    ['const a = <Field label={`name of $' + '{role}`} />', 'name of …'],
    ["say('moved')", 'moved'],
    ['sayAtOnce(`at $' + '{time}`)', 'at …'],
    ["const word = { short: 'free' }", 'free'],
    ["const word = isFree ? 'Nothing is free' : ''", 'Nothing is free'],
    ['const word = { title: `Weeks of $' + '{name}` }', 'Weeks of …'],
    ["document.title = 'My bookings'", 'My bookings'],
  ]
  for (const [source, text] of planted) t.same(found(source), [text], source)
  const technical = [
    "import { a } from './a text.js'",
    'const a = <p class="small quiet">{text.value.a}</p>',
    "const a = <p class={isWide ? 'wide one' : 'narrow one'} />",
    "document.querySelector('main h1 button')",
    "if (event.key === 'ArrowDown') go()",
    "type A = 'Two words here'",
    'const a = `/v1/slots?from=$' + '{from}&state=open,held`',
    "throw new Error('never shown to a person')",
    '// A comment is for the reader of the source',
  ]
  for (const source of technical) t.same(found(source), [], source)
})
