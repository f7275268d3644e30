/** A Chromium that is there or could be installed; null (said why) where none can be had. */
export function chromiumPath(): string | null
/** Only looks. */
export function installedChromium(): string | null
