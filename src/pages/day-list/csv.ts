/** A table as a file for spreadsheets: RFC 4180, with the mark by which Excel knows that it is UTF-8. Pure. */
const MARK = '\ufeff'

/** Where numbers have a comma, spreadsheets expect a semicolon between cells. */
export function csvOf(rows: readonly (readonly string[])[], separator: ',' | ';' = ','): string {
  return `${MARK}${rows.map((row) => `${row.map(cellOf).join(separator)}\r\n`).join('')}`
}

/** What a client typed must not run as a formula where the file is opened: such a cell begins with an apostrophe. */
function cellOf(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",;\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
