/**
 * How the server ends a raw socket. A viewer that did nothing wrong comes back after a random 0-5 s.
 * Two ends have no code, because nothing more can be said to the other side: a viewer that does not read (more than
 * MAX_UNSENT_BYTES waiting for it) and one that no longer answers pings. The connection is cut; a browser reports 1006.
 */
export const closeCodes = {
  /** The server is closing; another one, or the next start of this one, takes over. */
  serverRestart: { code: 1012, reason: 'server restart' },
  /** A frame of more than 16 KB; `ws` itself says this. */
  tooLarge: { code: 1009, reason: '' },
  /** One unreadable frame after another. Coming back makes no sense without a change. */
  badFrames: { code: 4400, reason: 'too many bad frames' },
  /** More than MAX_FRAMES_PER_SECOND, for longer than a burst. */
  tooManyFrames: { code: 4429, reason: 'too many frames' },
} as const
