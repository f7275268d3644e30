/** The list that a booking page begins with; also in plugins/pages.ts, which may not import it: a test compares them. */
export function soonPath(providerId: string): string {
  return `/v1/slots?providerId=${encodeURIComponent(providerId)}&state=open,held,confirmed&limit=200`
}
