/** ETags made of a `rev`, and the If-Match that a change must have, so that it cannot undo one that it has not seen. */
import { Type } from 'typebox'
import { invalid, Refusal } from './problems.js'

export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description: 'The ETag of the version that is changed, for example `"3"`; without it, 428',
    }),
  ),
})

/** A proxy that compresses answers makes their ETags weak. */
const OF_A_REV = /^(?:W\/)?"(\d{1,15})"$/

export function etagOf(rev: number): string {
  return `"${rev}"`
}

/** The rev that a request says it changes. */
export function revOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined || ifMatch.trim() === '') throw new Refusal('precondition_required')
  const rev = OF_A_REV.exec(ifMatch.trim())?.[1]
  if (rev === undefined) throw invalid('if-match', 'must be the ETag of the version that is changed')
  return Number(rev)
}

/** Whether `If-None-Match` has this ETag, so that the caller has what would be answered. */
export function hasEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
}
