/** The path of a request as logs and errors say it: no query, which holds names, and no secret that stands in it. */

/** Also behind other segments: proxies and clients write the same path in many ways. */
const LINK = /(^|[/\\;]|%2f|%5c)(?:l|%6c)(?:[/\\;]|%2f|%5c).*/i
const GRANT_ID = /^[0-9a-f]{32}$/
/** Whatever is asked for there and is not the id of a feed is taken for a secret, mistyped ones too. */
const FEED = /(\/feeds\/)([^/]+)/gi
/** In some other place, where it was put by mistake; `%5f` is another way to write `_`. */
const GRANT = /(sk|feed)(?:_|%5f)slotcast[^/]*/gi
/** As long as 256 bits in base64url: tokens of links and of sessions, and what makes a guest's token good. Ids are shorter. */
const SECRET = /(?:[\w-]|%[0-9a-f]{2}){43,}/gi

export function shownPath(url: string): string {
  return (url.split('?', 1)[0] ?? '')
    .replace(LINK, '$1l/…')
    .replace(FEED, (all, before: string, what: string) => (GRANT_ID.test(what) ? all : `${before}…`))
    .replace(GRANT, '$1_…')
    .replace(SECRET, '…')
}
