/** Where people reach this server: for links in mails, and for all else that leaves it and leads back. */
import type { AddressInfo } from 'node:net'

/** Without a slash at its end. Without the setting it is this machine, which is enough for trying. */
export function publicUrl(setting: string | undefined, listening: AddressInfo | string | null): string {
  if (setting !== undefined) return new URL(setting).origin
  const port = listening !== null && typeof listening === 'object' ? listening.port : 3000
  return `http://localhost:${port}`
}

export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, pathname, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === ''
}
