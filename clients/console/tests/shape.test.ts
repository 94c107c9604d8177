import { parse } from 'vue/compiler-sfc'
import { describe, expect, it } from 'vitest'
import { filesOf, sections, sources } from './sources'

const CJK = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/

/** Comments may quote Chinese terms; texts may not. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '').replace(/<!--[\s\S]*?-->/g, '')
}

/** What a file imports that is not its to import. Layers: app > sections > everything else; sections stand apart. */
function strangers(path: string, code: string): string[] {
  const imported = [...code.matchAll(/\b(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1]!)
  const [layer = '', section = ''] = path.split('/')
  if (layer === 'app' || path === 'main.ts') return imported.filter((each) => each.startsWith('@/sections'))
  if (layer !== 'sections') return imported.filter((each) => /^@\/(app|sections)\b/.test(each) || each.includes('/sections/'))
  return imported.filter((each) => /^@\/(app|sections)\b/.test(each) || each.startsWith('..') || (section === '' && each.startsWith('.')))
}

interface Node {
  type: number
  content?: unknown
  name?: string
  value?: { content: string }
  props?: Node[]
  children?: Node[]
  branches?: Node[]
}
const [TEXT, ATTRIBUTE] = [2, 6]
const READ = ['title', 'placeholder', 'aria-label', 'alt', 'label', 'empty', 'intro']

/** Words in a template that come from no catalogue: between tags, or in an attribute that people read. */
function wordsIn(node: Node): string[] {
  const own = node.type === TEXT && /\p{L}/u.test(String(node.content)) ? [String(node.content).trim()] : []
  const attributes = (node.props ?? []).filter((each) => each.type === ATTRIBUTE && READ.includes(each.name!) && /\p{L}/u.test(each.value?.content ?? ''))
  return [...own, ...attributes.map((each) => each.value!.content), ...(node.children ?? []).flatMap(wordsIn)]
}
const wordsOf = (vue: string): string[] => wordsIn((parse(vue).descriptor.template?.ast ?? { type: 0 }) as unknown as Node)

describe('sources', () => {
  it('were found', () => expect(sources.length).toBeGreaterThan(100))

  it.each(sources)('$path imports what is below it, and no other section', ({ path, code }) => {
    expect(strangers(path, code)).toEqual([])
  })

  it.each(sources)('$path has no Chinese outside the catalogues', ({ code }) => {
    expect(withoutComments(code).split('\n').filter((line) => CJK.test(line))).toEqual([])
  })

  it.each(sources.filter(({ path }) => path.endsWith('.vue')))('$path says nothing that is in no catalogue', ({ code }) => {
    expect(wordsOf(code)).toEqual([])
  })

  it.each(sources.filter(({ code }) => /\b(busy|saving)\.value = (?!null|false)/.test(code)))('$path is free again however it ends', ({ code }) => {
    expect(code).toContain('finally')
  })

  /** What is typed there is a password, a question, or one choice: nothing that is missed. */
  const passing = ['components/FormDialog.vue', 'sections/sign-in/SignIn.vue', 'sections/password/OwnPassword.vue', 'sections/freight/TryOut.vue', 'sections/freight/RemoveTemplate.vue']
  it.each(sources.filter(({ path, code }) => /<FormDialog|@submit|<el-form[ >]/.test(code) && !passing.includes(path)))('$path is not left with something typed in it unasked', ({ code }) => {
    expect(/\buse(Closing|Draft|Unsaved)\b/.test(code)).toBe(true)
  })

  it('that do otherwise would be seen', () => {
    expect(strangers('sections/money/MoneyPage.vue', "import A from '../orders/A.vue'\nimport B from './B.vue'\nconst c = () => import('@/sections/groups/C.vue')"))
      .toEqual(['../orders/A.vue', '@/sections/groups/C.vue'])
    expect(strangers('components/Thumb.vue', "import { router } from '@/app/router'\nimport title from '../sections/orders/title.json'")).toHaveLength(2)
    expect(wordsOf('<template><p title="Orders">{{ t(key) }} <b v-if="a">Shipped</b> – ¥</p></template>')).toEqual(['Orders', 'Shipped'])
  })
})

describe('a section', () => {
  const texts = ['zh-Hant', 'zh-Hans', 'en'].map((locale) => `locales/${locale}.json`)

  it.each(sections)('%s has its declaration, its name and its texts in its folder', (name) => {
    expect(filesOf(name)).toEqual(expect.arrayContaining(['section.ts', 'title.json', 'words.ts', ...texts]))
  })

  it.each(sections)('%s is reached under its own name', async (name) => {
    const { rooms } = await import('@/app/sections')
    expect(rooms.find((room) => room.name === name)?.pages[0]?.name).toBe(name)
  })
})
