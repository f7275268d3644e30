/** Codes by which the database says what went wrong; its texts are never decided by. */

export const DUPLICATE_KEY = 11_000
export const NAMESPACE_NOT_FOUND = 26
export const INDEX_NOT_FOUND = 27
export const NAMESPACE_EXISTS = 48

export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === DUPLICATE_KEY
}
