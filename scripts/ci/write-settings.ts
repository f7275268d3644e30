/** `npm run settings`: brings the README's table and .env.example to what the settings are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { envExample, withSettingsTable } from './settings-text.js'

writeFileSync('README.md', withSettingsTable(readFileSync('README.md', 'utf8')))
writeFileSync('.env.example', envExample())
