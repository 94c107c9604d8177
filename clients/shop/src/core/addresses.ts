/**
 * Pages and their addresses in a browser: `/pages/group/index?id=1&do=join` is shown as `/group/1?do=join`. Whatever
 * navigates names pages; only what leaves the shop, a shared link or the way back from the cashier, is an address.
 */
import { ADDRESSES, PATHS, type PageName } from './pages'

type Pair = [key: string, value: string]
const NAMES = Object.keys(PATHS) as PageName[]
const NAMED = /:(\w+)/g
const WAYS_BACK = 'back'
const TYPED = 'at'

export const decoded = (raw: string): string => {
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '))
  } catch {
    return raw
  }
}
function parts(url: string): { path: string; query: Pair[] } {
  const [path = '', search = ''] = url.split('#')[0]!.split(/\?(.*)/s)
  const query = search.split('&').filter(Boolean).map((pair): Pair => {
    const [key = '', value = ''] = pair.split(/=(.*)/s)
    return [decoded(key), decoded(value)]
  })
  return { path, query }
}
const joined = (path: string, query: Pair[]): string =>
  path + (query.length ? '?' + query.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&') : '')
const valueOf = (query: Pair[], key: string): string => query.find(([k]) => k === key)?.[1] ?? ''
const mapBack = (query: Pair[], to: (url: string) => string): Pair[] => query.map(([k, v]) => [k, k === WAYS_BACK ? to(v) : v])

/** The same page or address with each value of its query changed. */
export function withValues(url: string, change: (value: string) => string): string {
  const { path, query } = parts(url)
  return joined(path, query.map(([k, v]) => [k, change(v)]))
}

/** The address of a page, with its query; a page that lacks what its address is made of keeps its own path. */
export function addressOf(page: string): string {
  const { path, query } = parts(page)
  const name = path === '/' ? 'home' : NAMES.find((n) => PATHS[n] === path)
  if (!name) return page
  if (name === 'lost' && valueOf(query, TYPED).startsWith('/')) return valueOf(query, TYPED)
  const keys = [...ADDRESSES[name].matchAll(NAMED)].map(([, key]) => key!)
  const rest = mapBack(query.filter(([k]) => !keys.includes(k)), addressOf)
  if (keys.some((key) => !valueOf(query, key))) return joined(path, mapBack(query, addressOf))
  return joined(ADDRESSES[name].replace(NAMED, (_, key: string) => encodeURIComponent(valueOf(query, key))), rest)
}

const PATTERNS = NAMES.map((name) => ({ name, pattern: new RegExp(`^${ADDRESSES[name].replace(NAMED, '(?<$1>[^/]+)')}$`) }))

/** The page at an address. Where there is none: the one that says so, which keeps the address as it was typed. */
export function pageAt(address: string): string {
  const { path, query } = parts(address)
  const plain = path.length > 1 ? path.replace(/\/$/, '') : '/'
  if (plain === '/') return joined('/', query)
  if (NAMES.some((name) => PATHS[name] === plain)) return joined(plain, mapBack(query, pageAt))
  for (const { name, pattern } of PATTERNS) {
    const found = pattern.exec(plain)
    if (!found || name === 'lost') continue
    const named = Object.entries(found.groups ?? {}).map(([k, v]): Pair => [k, decoded(v)])
    return joined(PATHS[name], [...named, ...mapBack(query, pageAt)])
  }
  // without its slash it would end the host's name instead, and be another host
  return joined(PATHS.lost, [[TYPED, address.startsWith('/') ? address : '/' + address]])
}

/** A whole link to a page, for somewhere else. */
export const linkTo = (page: string): string => location.origin + addressOf(page)
