/** `npm run settings`: brings the tables of README and CONTRIBUTING and .env.example to what settings and rules are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { withImportTable } from './imports-text.js'
import { envExample, withSettingsTable } from './settings-text.js'

writeFileSync('README.md', withSettingsTable(readFileSync('README.md', 'utf8')))
writeFileSync('CONTRIBUTING.md', withImportTable(readFileSync('CONTRIBUTING.md', 'utf8')))
writeFileSync('.env.example', envExample())
