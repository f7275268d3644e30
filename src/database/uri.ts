/** Changes to a connection string that leave the rest of it as it is: credentials, hosts, options. */

interface Parts {
  /** Scheme, credentials and hosts. */
  servers: string
  database: string
  options: string[]
}

/**
 * The same servers and user, another database. Where a URI does not say which database knows its user, its own
 * database does: that is written out, because the other database does not know that user.
 */
export function withDatabase(uri: string, database: string): string {
  const parts = partsOf(uri)
  const hasUser = parts.servers.includes('@')
  const saysWhere = parts.options.some((option) => /^authSource=/i.test(option))
  const where = hasUser && !saysWhere ? [`authSource=${parts.database || 'admin'}`] : []
  return joined({ ...parts, database, options: [...parts.options, ...where] })
}

/** An option that is there already is replaced: a connection string may name it once. */
export function withOption(uri: string, name: string, value: string): string {
  const parts = partsOf(uri)
  const others = parts.options.filter((option) => option.split('=')[0]?.toLowerCase() !== name.toLowerCase())
  return joined({ ...parts, options: [...others, `${name}=${encodeURIComponent(value)}`] })
}

function partsOf(uri: string): Parts {
  const [, servers = uri, database = '', options = ''] =
    /^([a-z+]+:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(uri) ?? []
  return { servers, database, options: options.split('&').filter((option) => option !== '') }
}

function joined({ servers, database, options }: Parts): string {
  return `${servers}/${database}${options.length > 0 ? `?${options.join('&')}` : ''}`
}
