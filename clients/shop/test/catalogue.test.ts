import { describe, expect, it } from 'vitest'
import pages from '@/pages.json'
import en from '@/locales/en.json'
import zhHans from '@/locales/zh-Hans.json'
import zhHant from '@/locales/zh-Hant.json'
import contract from '../../packages/api/schema.d.ts?raw'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]): [string, string][] => (typeof v === 'string' ? [[at + k, v]] : flat(v, `${at}${k}.`)))
const catalogues = { 'zh-Hant': new Map(flat(zhHant)), 'zh-Hans': new Map(flat(zhHans)), en: new Map(flat(en)) }
const holes = (s: string) => (s.match(/\{\w+\}/g) ?? []).sort().join()

const files = import.meta.glob<string>('../src/**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true })
const sources = Object.entries(files).map(([file, text]) => ({ file: file.replace('../src/', ''), text }))
const withoutComments = (s: string) => s.replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')

describe('catalogues', () => {
  it('have the same keys and the same holes to fill', () => {
    for (const other of [catalogues['zh-Hans'], catalogues.en]) {
      expect([...other.keys()].sort()).toEqual([...catalogues['zh-Hant'].keys()].sort())
      for (const [key, text] of other) expect(`${key} ${holes(text)}`).toBe(`${key} ${holes(catalogues['zh-Hant'].get(key)!)}`)
    }
  })
  it('leave nothing empty, and no Chinese in the English one', () => {
    for (const [key, text] of catalogues.en) expect(/\p{Script=Han}/u.test(text), key).toBe(false)
    for (const c of Object.values(catalogues)) for (const [key, text] of c) expect(text.trim(), key).not.toBe('')
  })
  it('hold every key that the code names, whole or by its beginning', () => {
    const uses = sources.flatMap(({ text }) => [...text.matchAll(/(?<![\w.])(?:t|usePageTitle)\('([\w-]+(?:\.[\w-]*)+)'\s*(\+)?/g)])
    const known = [...catalogues['zh-Hant'].keys()]
    const unknown = uses.filter(([, key, more]) => !(more ? known.some((k) => k.startsWith(key!)) : known.includes(key!)))
    expect(uses.length).toBeGreaterThan(150)
    expect(unknown.map(([, key]) => key)).toEqual([])
  })
  it('hold nothing that no page uses', () => {
    const code = sources.map((s) => s.text).join('\n')
    const named = new Set([...code.matchAll(/['"`]([a-zA-Z][\w-]*(?:\.[\w-]+)+)['"`]/g)].map((m) => m[1]))
    // a key that is put together: its beginning in the code, and its end a word of the code or of the contract
    const begun = [...new Set([...code.matchAll(/['"`]([a-zA-Z][\w-]*\.(?:[\w-]+\.)?)(?:['"]\s*\+|\$\{)/g)].map((m) => m[1]!))]
    const word = (w: string) => /^\d+$/.test(w) || new RegExp(`['"\`.| ]${w}\\b`).test(code) || contract.includes(`"${w}"`)
    const ended = (rest: string) => word(rest.split('.')[0]!) || word(rest.replace(/(One|Text)$/, '')) || rest.split('-').every((w, i) => (i ? code.includes(`'-${w}'`) : word(w)))
    const used = (key: string) => named.has(key.replace(/One$/, '')) || named.has(key) || /^(product\.how|group\.rule|privacy\.p)\d$/.test(key)
      || (/^(problem|inbox|order\.trackCode|province)\./.test(key)) || begun.some((b) => key.startsWith(b) && ended(key.slice(b.length)))
    expect([...catalogues['zh-Hant'].keys()].filter((key) => !used(key))).toEqual([])
    expect(used('settings.nothing-of-the-kind')).toBe(false)
  })
})

describe('texts outside the catalogues', () => {
  it('no page, component or module contains Chinese', () => {
    const allowed = 'pages-user/address/use-address.ts' // compares what people wrote, shows nothing
    const found = sources.filter(({ file, text }) => file !== allowed && /\p{Script=Han}/u.test(withoutComments(text))).map((s) => s.file)
    expect(found).toEqual([])
  })
  it('the tab captions built into pages.json are those of the zh-Hant catalogue', () => {
    expect(pages.tabBar.list.map((x) => x.text)).toEqual(['home', 'category', 'groups', 'me'].map((k) => catalogues['zh-Hant'].get(`tab.${k}`)))
  })
})
