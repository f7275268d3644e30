import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { envExample, settingsTable, withSettingsTable } from '../../scripts/ci/settings-text.js'
import { Config, readConfig } from '../../src/config.js'
import { ROOT } from '../helper/paths.js'

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')
const stale = 'npm run settings brings it up to date'

t.test('the table in the README is what the settings are', async (t) => {
  const readme = read('README.md')
  t.equal(withSettingsTable(readme), readme, stale)
  for (const name of Object.keys(Config.properties)) t.match(settingsTable(), `| \`${name}\` |`)
})

t.test('.env.example has every setting, with its default', async (t) => {
  t.equal(read('.env.example'), envExample(), stale)
  const said = Object.fromEntries(
    [...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('"', ''),
    ]),
  )
  t.same(Object.keys(said), Object.keys(Config.properties))
  t.same(readConfig(said), readConfig({}), 'and setting them all to what it says changes nothing')
})

t.test('control: another default would be seen', async (t) => {
  const readme = read('README.md')
  t.not(withSettingsTable(readme.replace('`1800`', '`1801`')), readme.replace('`1800`', '`1801`'))
})

t.test('what the README and CONTRIBUTING name is there', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const page of ['README.md', 'CONTRIBUTING.md']) {
    const text = read(page)
    for (const [, name = ''] of text.matchAll(/\bnpm run ([\w:-]+)/g))
      t.ok(name in scripts, `npm run ${name}`)
    const paths = [
      ...[...text.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path),
      ...[...text.matchAll(/`((?:src|scripts|test|docs|deploy)\/[\w./-]+)`/g)].map(([, path]) => path),
    ]
    for (const path of paths) t.ok(existsSync(new URL(`./${path}`, ROOT)), `${page}: ${path}`)
  }
})
