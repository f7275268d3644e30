/** What a mail says, described once, and rendered as text and as HTML. Everything that goes in is text; HTML is made here alone. */
import { directionOf, type Language } from '../domain/languages.js'

export type Block =
  | { kind: 'text'; text: string }
  /** What somebody wrote. */
  | { kind: 'quote'; text: string }
  | { kind: 'facts'; rows: readonly (readonly [label: string, value: string])[] }
  | { kind: 'action'; label: string; url: string; main?: boolean }
  | { kind: 'small'; text: string }

export interface MailContent {
  language: Language
  subject: string
  heading: string
  blocks: readonly Block[]
}

const LINE_ENDS = /\r\n|[\r\n\u0085\u2028\u2029]/
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For headers, labels and everything else that is one line. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/**
 * A name within a sentence: in a language that is written from right to left it keeps its own direction, and the sentence
 * keeps its order.
 */
export function isolated(text: string, language: Language): string {
  const line = oneLine(text)
  return directionOf(language) === 'rtl' ? `\u2068${line}\u2069` : line
}

export function asText({ heading, blocks }: MailContent): string {
  return `${[oneLine(heading), ...blocks.map(blockText)].join('\n\n')}\n`
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'small':
      return lines(block.text).join('\n')
    case 'quote':
      return lines(block.text)
        .map((line) => `> ${line}`)
        .join('\n')
    case 'facts':
      return block.rows.map(([label, value]) => `${oneLine(label)}: ${lines(value).join('\n  ')}`).join('\n')
    case 'action':
      return `${oneLine(block.label)}:\n${block.url}`
  }
}

export function asHtml({ language, subject, heading, blocks }: MailContent): string {
  return `<!DOCTYPE html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(oneLine(subject))}</title>
</head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:560px;margin:0 auto">
<h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">${escaped(oneLine(heading))}</h1>
${blocks.map(blockHtml).join('\n')}
</div>
</body>
</html>
`
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p style="margin:0 0 16px">${withBreaks(block.text)}</p>`
    case 'small':
      return `<p style="margin:24px 0 0;font-size:13px;opacity:.75">${withBreaks(block.text)}</p>`
    case 'quote':
      return `<blockquote dir="auto" style="margin:0 0 16px;padding-inline-start:12px;border-inline-start:3px solid #999">${withBreaks(block.text)}</blockquote>`
    case 'facts':
      return `<table role="presentation" style="border-collapse:collapse;margin:0 0 16px">${block.rows.map(rowHtml).join('')}</table>`
    case 'action':
      return block.main
        ? `<p style="margin:0 0 16px"><a href="${escaped(block.url)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#fff;text-decoration:none;font-weight:600">${escaped(oneLine(block.label))}</a></p>`
        : `<p style="margin:0 0 12px"><a href="${escaped(block.url)}">${escaped(oneLine(block.label))}</a></p>`
  }
}

function rowHtml([label, value]: readonly [string, string]): string {
  const cell = 'vertical-align:top;text-align:start;padding:4px 0;padding-inline-end:16px'
  return `<tr><td style="${cell};opacity:.75">${escaped(oneLine(label))}</td><td dir="auto" style="${cell}">${withBreaks(value)}</td></tr>`
}

function withBreaks(text: string): string {
  return lines(text).map(escaped).join('<br>')
}

/** Lines without control characters, whichever way they were ended. */
function lines(text: string): string[] {
  return text.split(LINE_ENDS).map((line) => line.replace(/\p{Cc}/gu, ' '))
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
