/** The path of a request as logs and errors say it: no query, which holds names, and no token of a link. */
const LINK = /^\/(?:l|%6c)\/.*/i

export function shownPath(url: string): string {
  return (url.split('?', 1)[0] ?? '').replace(LINK, '/l/…')
}
