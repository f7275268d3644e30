/** The table of `npm run doctor`, without secrets. */
import type { Check, Row } from './check.js'

const VERDICT = 6

/** Two lines: verdict, name and what was seen; what it would mean if it were not so. */
export function linesOf({ verdict, name, seen, otherwise }: Row, width: number): string {
  const indent = ' '.repeat(VERDICT + 2)
  const label = verdict === 'FAILED' ? '' : 'otherwise: '
  return `${verdict.padEnd(VERDICT)}  ${name.padEnd(width)}  ${seen}\n${indent}${' '.repeat(width)}  ${label}${otherwise}`
}

export function widthOf(checks: Pick<Check, 'name'>[]): number {
  return Math.max(...checks.map(({ name }) => name.length))
}

/** Whether the server can rely on the database, and the line that says so. */
export function verdictOn(rows: Row[], expected: number): { relies: boolean; line: string } {
  const failed = rows.filter(({ verdict }) => verdict === 'FAILED').length
  const slow = rows.filter(({ verdict }) => verdict === 'slow').length
  const left = expected - rows.length
  const relies = failed === 0 && left === 0
  const counted = [
    `${rows.length - failed - slow} of ${expected} checks ok`,
    ...(failed > 0 ? [`${failed} FAILED`] : []),
    ...(slow > 0 ? [`${slow} slow`] : []),
    ...(left > 0 ? [`${left} not done`] : []),
  ].join(', ')
  const line = relies
    ? 'the server can rely on this database.'
    : failed > 0
      ? 'do not run the server on this database.'
      : 'it is not known whether the server can rely on this database.'
  return { relies, line: `${counted}: ${line}` }
}

/** A text with everything of the URI left out that opens something: its password, and options that are secrets. */
export function withoutSecrets(text: string, uri: string): string {
  return secretsIn(uri).reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}

function secretsIn(uri: string): string[] {
  const afterScheme = uri.replace(/^[a-z+]+:\/\//i, '')
  const [authority = ''] = afterScheme.split(/[/?]/)
  // A password that should have been escaped ends the part before it, and is shown in pieces.
  const logins = [authority, afterScheme].map((text) => text.slice(0, Math.max(0, text.lastIndexOf('@'))))
  const passwords = logins.filter((login) => login.includes(':')).map((login) => login.replace(/^[^:]*:/, ''))
  const options = afterScheme
    .slice(afterScheme.indexOf('?') + 1)
    .split('&')
    .filter((option) => /^[^=]*(password|token|secret|authMechanismProperties)[^=]*=/i.test(option))
    .map((option) => option.slice(option.indexOf('=') + 1))
  return [...logins, ...passwords, ...passwords.flatMap((password) => password.split(/[/?#]/)), ...options]
    .flatMap((secret) => [secret, decoded(secret)])
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
