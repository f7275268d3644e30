/**
 * The page of a link, whole in one answer: it works without scripts and asks for nothing else, so that its address goes
 * nowhere. Every text of people goes through `escaped`.
 */
import { createHash } from 'node:crypto'
import { directionOf, type Language } from '../domain/languages.js'
import { linkStyle } from './link-style.js'

export interface LinkPage {
  language: Language
  title: string
  texts?: string[]
  /** Label and value. */
  facts?: [label: string, value: string][]
  /** Why the last press changed nothing. */
  alert?: string
  forms?: LinkForm[]
  links?: { href: string; text: string }[]
}

export interface LinkForm {
  /** What it does: `post` acts, `get` shows something else. */
  method: 'post' | 'get'
  button: string
  /** The other ones are less prominent. */
  isMain?: boolean
  fields?: LinkField[]
}

export type LinkField =
  | { kind: 'hidden'; name: string; value: string }
  | { kind: 'password'; name: string; label: string; hint: string }
  | { kind: 'day'; name: string; label: string; value: string }
  | { kind: 'choice'; name: string; legend: string; options: { value: string; text: string }[] }

/** As on the other pages (src/pages/shared/frame.tsx). */
const BAR =
  '<header class="bar"><a class="brand" href="/"><svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect class="ground" width="32" height="32" rx="9"/><g><rect x="7" y="8" width="8" height="7" rx="2" opacity=".45"/><rect x="17" y="8" width="8" height="7" rx="2"/><rect x="7" y="17" width="8" height="7" rx="2"/><rect x="17" y="17" width="8" height="7" rx="2" opacity=".45"/></g></svg>Slotcast</a></header>'

/** As that of the other pages; the one style that is inline is named by its hash. */
export const LINK_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(linkStyle).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ')

export function linkPage({
  language,
  title,
  texts = [],
  facts = [],
  alert,
  forms = [],
  links = [],
}: LinkPage): string {
  const heading = escaped(title)
  const body = [
    `<h1>${heading}</h1>`,
    ...(alert === undefined ? [] : [`<p class="alert" role="alert">${escaped(alert)}</p>`]),
    ...(facts.length === 0 ? [] : [`<dl>${facts.map(fact).join('')}</dl>`]),
    ...texts.map((text) => `<p>${escaped(text)}</p>`),
    ...forms.map(form),
    ...links.map(({ href, text }) => `<p><a class="button" href="${escaped(href)}">${escaped(text)}</a></p>`),
  ]
  return [
    `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer">',
    `<title>${heading}</title><style>${linkStyle}</style></head>`,
    `<body>${BAR}<main class="card">${body.join('\n')}</main></body></html>`,
  ].join('\n')
}

function fact([label, value]: [string, string]): string {
  return `<dt>${escaped(label)}</dt><dd><bdi>${escaped(value)}</bdi></dd>`
}

function form({ method, button, isMain = false, fields = [] }: LinkForm): string {
  const inside = fields.map(field).join('')
  return `<form method="${method}">${inside}<button class="button${isMain ? ' main' : ''}">${escaped(button)}</button></form>`
}

function field(one: LinkField): string {
  const name = escaped(one.name)
  switch (one.kind) {
    case 'hidden':
      return `<input type="hidden" name="${name}" value="${escaped(one.value)}">`
    case 'password':
      return `<div class="field"><label for="${name}">${escaped(one.label)}</label><p class="quiet" id="${name}-hint">${escaped(one.hint)}</p><input class="input" type="password" id="${name}" name="${name}" minlength="8" maxlength="200" autocomplete="new-password" aria-describedby="${name}-hint" required></div>`
    case 'day':
      return `<div class="field"><label for="${name}">${escaped(one.label)}</label><input class="input" type="date" id="${name}" name="${name}" value="${escaped(one.value)}" required></div>`
    case 'choice': {
      const options = one.options.map(
        ({ value, text }) =>
          `<label class="choice"><input type="radio" name="${name}" value="${escaped(value)}" required><bdi>${escaped(text)}</bdi></label>`,
      )
      return `<fieldset><legend>${escaped(one.legend)}</legend>${options.join('')}</fieldset>`
    }
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
