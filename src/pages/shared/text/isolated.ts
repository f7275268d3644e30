/** A value of any direction inside of a text, which leaves the order of the text around it alone; of elements see `filled`. */
export function isolated(value: string): string {
  return `\u2068${value}\u2069`
}
