// The packed build (pack/index.mjs, toBrowserScript) and the rules for paths inside it.
export const packed = window.__MP__

export const isPage = (path) => packed.pages.includes(path)
export const tabList = () => packed.app.tabBar?.list ?? []
export const isTab = (path) => tabList().some((tab) => tab.pagePath === path)

/** What `ref` means in the file `from`: a path from the build's root, without `.` and `..`. */
export function resolvePath (from, ref) {
  const parts = ref.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of ref.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** `/pages/a/index?id=1` → {path, query}; query values are handed on as written, as WeChat does. */
export function parseUrl (url, base = '') {
  const [ref, search = ''] = String(url).split('?')
  const query = {}
  for (const pair of search.split('&').filter(Boolean)) {
    const [name, ...value] = pair.split('=')
    query[name] = value.join('=')
  }
  return { path: resolvePath(ref.startsWith('/') ? '' : base, ref), query }
}
