/** The pages that show mails to a developer: plain HTML, made on the server. */
import { escaped } from './content.js'
import { headerOf, type ReadMail, textOf } from './read-mail.js'

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-inline-size: 60rem; padding: 1rem }
a { display: inline-block; min-block-size: 44px; padding-block: 8px }
table { border-collapse: collapse; inline-size: 100% }
th, td { text-align: start; vertical-align: top; padding: 4px 12px 4px 0; border-block-end: 1px solid #8886 }
td { overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; padding: 12px; unicode-bidi: plaintext }
pre a { display: inline; min-block-size: 0; padding: 0 }
iframe { inline-size: 100%; block-size: 32rem; border: 1px solid #8886; background: #fff }
`
const URLS = /https?:\/\/[^\s<>"']+/g

export function devMailList(mails: readonly { name: string; mail: ReadMail }[]): string {
  const rows = mails.map(
    ({ name, mail }) =>
      `<tr><td><a href="/dev/mail/${name}">${shown(mail, 'subject')}</a></td><td>${shown(mail, 'to')}</td><td>${shown(mail, 'date')}</td></tr>`,
  )
  const list =
    rows.length === 0
      ? '<p>None yet. Book something.</p>'
      : `<table><thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">Date</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
  return document(
    'Mails',
    `<h1>Mails</h1>
<p>No SMTP_URL is set, so mails are written to files. This page is for whoever tries the server on this machine; nobody else sees it.</p>
${list}`,
  )
}

export function devMailPage(name: string, mail: ReadMail): string {
  const heads = ['from', 'to', 'subject', 'date', 'message-id', 'auto-submitted', 'list-unsubscribe']
    .filter((head) => headerOf(mail, head) !== '')
    .map((head) => `<tr><th scope="row">${head}</th><td>${shown(mail, head)}</td></tr>`)
  const files = mail.parts.flatMap(({ fileName, type }, index) =>
    fileName === undefined
      ? []
      : [`<li><a href="/dev/mail/${name}/parts/${index}">${escaped(fileName)}</a> ${escaped(type)}</li>`],
  )
  return document(
    headerOf(mail, 'subject'),
    `<p><a href="/dev/mail">All mails</a></p>
<h1 dir="auto">${shown(mail, 'subject')}</h1>
<table>${heads.join('')}</table>
<h2>Text</h2>
<pre>${linked(textOf(mail, 'text/plain'))}</pre>
<h2>HTML</h2>
<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/dev/mail/${name}/html"></iframe>
${files.length === 0 ? '' : `<h2>Attachments</h2><ul>${files.join('')}</ul>`}`,
  )
}

/** Its links open in a page of their own, not in the frame. */
export function framed(html: string): string {
  return html.replace('<head>', '<head>\n<base target="_blank">')
}

function document(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>
`
}

function shown(mail: ReadMail, header: string): string {
  return escaped(headerOf(mail, header))
}

function linked(text: string): string {
  let from = 0
  let html = ''
  for (const { 0: url, index } of text.matchAll(URLS)) {
    html += `${escaped(text.slice(from, index))}<a href="${escaped(url)}">${escaped(url)}</a>`
    from = index + url.length
  }
  return html + escaped(text.slice(from))
}
