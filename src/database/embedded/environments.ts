/** What other people's programs get of our environment: what they need, by name, so that no secret of ours is among it. */

export type Environment = Record<string, string | undefined>

const EVERY_PROGRAM = /^(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP)$/
/** Registry, mirror, cache, proxy and certificates, as whoever runs this has set them for pip. */
const PIP =
  /^(PIP_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC|XDG_\w+|PYENV_\w+|VIRTUAL_ENV)$/i

export function engineEnvironment(env: Environment): Environment {
  return only(env, (name) => EVERY_PROGRAM.test(name))
}

export function pipEnvironment(env: Environment): Environment {
  return only(env, (name) => EVERY_PROGRAM.test(name) || PIP.test(name))
}

function only(env: Environment, isWanted: (name: string) => boolean): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)))
}
