/** The path of a request as logs and errors say it: no query, which holds names, and no secret that stands in it. */

const LINK = /^\/(?:l|%6c)\/.*/i
const GRANT_ID = /^[0-9a-f]{32}$/
/** Whatever is asked for there and is not the id of a feed is taken for a secret, mistyped ones too. */
const FEED = /(\/feeds\/)([^/]+)/gi
/** In some other place, where it was put by mistake; `%5f` is another way to write `_`. */
const GRANT = /(sk|feed)(?:_|%5f)slotcast[^/]*/gi

export function shownPath(url: string): string {
  return (url.split('?', 1)[0] ?? '')
    .replace(LINK, '/l/…')
    .replace(FEED, (all, before: string, what: string) => (GRANT_ID.test(what) ? all : `${before}…`))
    .replace(GRANT, '$1_…')
}
