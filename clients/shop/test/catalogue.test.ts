import { createI18n } from 'vue-i18n'
import { describe, expect, it, vi } from 'vitest'
import pages from '@/pages.json'
import contract from '../../packages/api/schema.d.ts?raw'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]): [string, string][] => (typeof v === 'string' ? [[at + k, v]] : flat(v, `${at}${k}.`)))
const holes = (s: string) => (s.match(/\{\w+\}/g) ?? []).sort().join()

const sources = Object.entries(import.meta.glob<string>('../src/**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true }))
  .map(([file, text]) => ({ file: file.replace('../src/', ''), text }))
const withoutComments = (s: string) => s.replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')

/** The main package's texts are there for everybody, a subpackage's for its own pages alone. */
const MAIN = ''
const roomOf = (file: string): string => /^(pages-\w+)\//.exec(file)?.[1] ?? MAIN
const rooms = [MAIN, ...pages.subPackages.map((p) => p.root)]
const trees = import.meta.glob<Tree>('../src/**/locales/*.json', { import: 'default', eager: true })
const textsOf = (room: string, language: string) => new Map(flat(trees[`../src/${room && room + '/'}locales/${language}.json`] ?? {}))
const catalogues = rooms.map((room) => ({
  room, 'zh-Hant': textsOf(room, 'zh-Hant'), 'zh-Hans': textsOf(room, 'zh-Hans'), en: textsOf(room, 'en'),
}))
const [main] = catalogues

describe.each(catalogues)('the catalogue of "$room"', ({ room, ...languages }) => {
  const mine = sources.filter((s) => room === MAIN || roomOf(s.file) === room)
  const keys = [...languages['zh-Hant'].keys()]

  it('has the same keys and the same holes to fill in every language', () => {
    expect(keys).not.toEqual([])
    for (const other of [languages['zh-Hans'], languages.en]) {
      expect([...other.keys()].sort()).toEqual([...keys].sort())
      for (const [key, text] of other) expect(`${key} ${holes(text)}`).toBe(`${key} ${holes(languages['zh-Hant'].get(key)!)}`)
    }
  })
  it('can be said: an @ that stands for itself is written {\'@\'}', () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const texts of Object.values(languages)) {
      const { t } = createI18n({ legacy: false, locale: 'one', messages: { one: Object.fromEntries([...texts].map(([key, text]) => [key.replaceAll('.', '/'), text])) } }).global
      for (const key of texts.keys()) {
        t(key.replaceAll('.', '/'))
        expect(complaints.mock.calls, key).toEqual([])
      }
    }
    complaints.mockRestore()
  })
  it('leaves nothing empty, and no Chinese in the English one', () => {
    for (const [key, text] of languages.en) expect(/\p{Script=Han}/u.test(text), key).toBe(false)
    for (const c of Object.values(languages)) for (const [key, text] of c) expect(text.trim(), key).not.toBe('')
  })
  it('repeats nothing that the main package has', () => {
    expect(room === MAIN ? [] : keys.filter((key) => main!['zh-Hant'].has(key))).toEqual([])
  })
  it('holds every key that its files name, whole or by its beginning, beside those of the main package', () => {
    const files = sources.filter((s) => roomOf(s.file) === room)
    const uses = files.flatMap(({ text }) => [...text.matchAll(/(?<![\w.])(?:t|usePageTitle)\('([\w-]+(?:\.[\w-]*)+)'\s*(\+)?/g)])
    const known = [...new Set([...main!['zh-Hant'].keys(), ...keys])]
    const unknown = uses.filter(([, key, more]) => !(more ? known.some((k) => k.startsWith(key!)) : known.includes(key!)))
    expect(uses.length).toBeGreaterThan(room === MAIN ? 100 : 10)
    expect(unknown.map(([, key]) => key)).toEqual([])
  })
  it('holds nothing that no page uses, and a subpackage nothing that none of its own does', () => {
    const code = mine.map((s) => s.text).join('\n')
    const all = sources.map((s) => s.text).join('\n')
    const named = new Set([...code.matchAll(/['"`]([a-zA-Z][\w-]*(?:\.[\w-]+)+)['"`]/g)].map((m) => m[1]))
    // a key that is put together: its beginning in the code, and its end a word of the code or of the contract
    const begun = [...new Set([...code.matchAll(/['"`]([a-zA-Z][\w-]*\.(?:[\w-]+\.)?)(?:['"]\s*\+|\$\{)/g)].map((m) => m[1]!))]
    const word = (w: string) => /^\d+$/.test(w) || new RegExp(`['"\`.| ]${w}\\b`).test(all) || contract.includes(`"${w}"`)
    const ended = (rest: string) => word(rest.split('.')[0]!) || word(rest.replace(/(One|Text)$/, '')) || rest.split('-').every((w, i) => (i ? all.includes(`'-${w}'`) : word(w)))
    const used = (key: string) => named.has(key.replace(/One$/, '')) || named.has(key) || /^(product\.how|group\.rule|privacy\.p)\d$/.test(key)
      || (/^(problem|inbox|order\.trackCode|province)\./.test(key)) || begun.some((b) => key.startsWith(b) && ended(key.slice(b.length)))
    expect(keys.filter((key) => !used(key))).toEqual([])
    expect(used('settings.nothing-of-the-kind')).toBe(false)
  })
  it('comes with every page of its package', () => {
    const without = sources.filter(({ file, text }) => room !== MAIN && new RegExp(`^${room}/\\w[\\w-]*/index\\.vue$`).test(file) && !text.includes("import '../texts'\n"))
    expect(without.map((s) => s.file)).toEqual([])
  })
})

describe('texts outside the catalogues', () => {
  it('no page, component or module contains Chinese', () => {
    const allowed = 'pages-user/address/use-address.ts' // compares what people wrote, shows nothing
    const found = sources.filter(({ file, text }) => file !== allowed && /\p{Script=Han}/u.test(withoutComments(text))).map((s) => s.file)
    expect(found).toEqual([])
  })
  it('the tab captions built into pages.json are those of the zh-Hant catalogue', () => {
    expect(pages.tabBar.list.map((x) => x.text)).toEqual(['home', 'category', 'groups', 'me'].map((k) => main!['zh-Hant'].get(`tab.${k}`)))
  })
})
