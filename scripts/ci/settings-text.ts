/** What the README and .env.example say about the settings, made from the settings themselves. */
import { Config } from '../../src/config.js'

export const SETTINGS_BEGIN = '<!-- settings: made by npm run settings -->'
export const SETTINGS_END = '<!-- end of settings -->'

interface Setting {
  name: string
  description: string
  fallback: string
}

function settings(): Setting[] {
  return Object.entries(Config.properties).map(([name, schema]) => {
    const { description = '', default: fallback } = schema as { description?: string; default?: unknown }
    return { name, description, fallback: fallback === undefined ? '' : String(fallback) }
  })
}

export function settingsTable(): string {
  const rows = settings().map(({ name, description, fallback }) => {
    const shown = fallback === '' ? '' : `\`${fallback}\``
    return `| \`${name}\` | ${shown} | ${description.replaceAll('|', '\\|')} |`
  })
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n')
}

/** The README with its table made anew. */
export function withSettingsTable(readme: string): string {
  const begin = readme.indexOf(SETTINGS_BEGIN)
  const end = readme.indexOf(SETTINGS_END)
  if (begin === -1 || end < begin) throw new Error('The README has no place for the settings')
  return `${readme.slice(0, begin)}${SETTINGS_BEGIN}\n${settingsTable()}\n${readme.slice(end)}`
}

export function envExample(): string {
  const lines = settings().flatMap(({ name, description, fallback }) => {
    // A shell that reads this file would otherwise see several words.
    const value = /[\s*]/.test(fallback) ? `"${fallback}"` : fallback
    return [`# ${description}`, `#${name}=${value}`, '']
  })
  const head = [
    '# Every setting with its default. Copy to .env, then: node --env-file=.env scripts/start.mjs',
    '# docker-compose.yml takes JWT_SECRET, FIELD_KEY and ALLOWED_ORIGINS from .env.',
    '# A secret: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
    '',
  ]
  return [...head, ...lines].join('\n')
}
