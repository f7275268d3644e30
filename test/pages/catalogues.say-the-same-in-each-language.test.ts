/** The texts of the pages, language by language: the same keys (which the types hold), the same values, none left out. */
import { existsSync, readdirSync } from 'node:fs'
import t from 'tap'
import { DEFAULT_LANGUAGE, type Language, languages } from '../../src/domain/languages.js'
import { type Grammar, grammarOf } from '../../src/pages/shared/text/grammar.js'

type Entry = string | ((values: Record<string, string | number>) => string)
interface Branch {
  [key: string]: Entry | Branch
}

const COUNTS = [0, 1, 2, 3, 11, 100]
const OPEN = '\ue000'
const CLOSE = '\ue001'
/** Marks that take the place of values: which of them a text has is what has to be the same. */
const MARK = /\ue000(\w+)\ue001/g

/** What is the same as in English, and right. */
const SAME: Partial<Record<Language, readonly string[]>> = {
  de: ['Live', 'Link', 'Name', '… in …'],
  fr: ['Pages', 'Date', 'Description', 'E-mail', 'Note', '# min', '…, … min'],
  es: ['no', '# min', '…, … min'],
  // The name of a file.
  ar: ['appointments-….csv'],
}

const areas = readdirSync('src/pages').filter((name) => existsSync(`src/pages/${name}/text`))

async function textsOf(area: string, language: Language): Promise<Branch> {
  const path = `../../src/pages/${area}/text/${language}.js`
  const { texts } = (await import(path)) as { texts: (grammar: Grammar) => Branch }
  const { number, plural } = grammarOf(language)
  // A value that stands for a number is a mark as well.
  return texts({
    number: (value) => (typeof value === 'number' ? number(value) : value),
    plural: (count, forms) =>
      typeof count === 'number'
        ? plural(count, forms)
        : Object.values(forms).join(' ').replaceAll('#', count),
  })
}

/** Each text by its path of keys; of one with values what it says for each count, with the names of the values in it. */
function said(branch: Branch, path: string[] = []): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const [key, entry] of Object.entries(branch)) {
    const name = [...path, key]
    if (typeof entry === 'string') all.set(name.join('.'), [entry])
    else if (typeof entry === 'function') all.set(name.join('.'), COUNTS.map(valuesFor).map(entry))
    else for (const [at, texts] of said(entry, name)) all.set(at, texts)
  }
  return all
}

function valuesFor(count: number): Record<string, string | number> {
  return new Proxy({}, { get: (_, name) => (name === 'count' ? count : `${OPEN}${String(name)}${CLOSE}`) })
}

const marksIn = (text: string) => [...new Set([...text.matchAll(MARK)].map(([, name]) => name))].sort().join()
const lettersOf = (text: string) => text.replace(MARK, '').replace(/[^\p{L}]/gu, '')

const plainly = (text: string) => text.replace(MARK, '…').replace(/\p{N}+/gu, '#')

/** What is wrong with the texts of a language beside those in English. */
function faults(english: Map<string, string[]>, other: Map<string, string[]>, language: Language): string[] {
  const found: string[] = []
  for (const key of new Set([...english.keys(), ...other.keys()])) {
    const [known, texts] = [english.get(key), other.get(key)]
    if (known === undefined || texts === undefined) {
      found.push(`${key}: ${known === undefined ? 'not in English' : 'missing'}`)
      continue
    }
    texts.forEach((text, index) => {
      const original = known[index] ?? ''
      if (text.trim() === '') found.push(`${key}: empty`)
      if (marksIn(text) !== marksIn(original)) found.push(`${key}: other values, ${marksIn(text)}`)
      if (text.includes('#')) found.push(`${key}: a form without its count`)
      if (text === original && lettersOf(text).length > 1 && !SAME[language]?.includes(plainly(text)))
        found.push(`${key}: as in English`)
    })
  }
  return [...new Set(found)]
}

t.test('each page has its catalogues', async (t) => {
  t.ok(areas.includes('shared') && areas.includes('booking'), areas.join())
})

for (const language of languages.filter((one) => one !== DEFAULT_LANGUAGE)) {
  t.test(`${language} says what English says`, async (t) => {
    for (const area of areas) {
      const [english, other] = [
        said(await textsOf(area, DEFAULT_LANGUAGE)),
        said(await textsOf(area, language)),
      ]
      t.same(faults(english, other, language), [], area)
    }
  })
}

t.test('Arabic has its own forms for two and for few', async (t) => {
  const { zones } = (await textsOf('shared', 'ar')) as { zones: Branch }
  const found = zones.found as (values: { count: number }) => string
  t.equal(new Set([1, 2, 3, 11].map((count) => found({ count }).replace(/\p{N}/gu, ''))).size, 4)
})

t.test('control: what is missing, empty, unchanged or has other values is found', async (t) => {
  const english = said({
    a: 'One thing',
    b: ({ time }) => `At ${time}`,
    c: { d: 'Two things', e: 'Gone' },
  })
  const other = said({ a: 'One thing', b: () => 'Um zehn', c: { d: ' ', f: 'Neu' } } as Branch)
  t.same(faults(english, other, 'de').sort(), [
    'a: as in English',
    'b: other values, ',
    'c.d: empty',
    'c.e: missing',
    'c.f: not in English',
  ])
})
