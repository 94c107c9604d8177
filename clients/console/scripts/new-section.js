/**
 * Lays out a section: node scripts/new-section.js coupons campaigns:read [into]
 * Its name is the folder, the address and the name of its first page; the permission is what a person needs to see it.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [name = '', needs = '', into = join(import.meta.dirname, '../src/sections')] = process.argv.slice(2)
const folder = join(into, name)
const pascal = name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())
const key = name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())

function refuse(words) {
  console.error(words)
  process.exit(1)
}
if (!/^[a-z]+(-[a-z]+)*$/.test(name)) refuse('Say its name in small letters, such as coupons or gift-cards.')
if (!/^[a-z-]+(:[a-z-]+)?$/.test(needs)) refuse('Say what a person needs to see it, such as campaigns:read (docs/reference/permissions.md).')
if (existsSync(folder)) refuse(`${folder} is there already.`)

const json = (content) => `${JSON.stringify(content, null, 2)}\n`
const texts = json({ [key]: { intro: pascal } })
const files = {
  'section.ts': `import { Document } from '@element-plus/icons-vue'
import type { Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: '${needs}',
  menu: { order: 90, icon: Document },
  pages: [{ path: '/${name}', name: '${name}', page: () => import('./${pascal}Page.vue') }],
}
`,
  'title.json': json({ 'zh-Hant': pascal, 'zh-Hans': pascal, en: pascal }),
  'words.ts': `import { wordsOf } from '@/i18n/useWords'
import type texts from './locales/zh-Hant.json'

export const useWords = wordsOf<typeof texts>()
`,
  'locales/zh-Hant.json': texts,
  'locales/zh-Hans.json': texts,
  'locales/en.json': texts,
  [`${pascal}Page.vue`]: `<script setup lang="ts">
import PageHead from '@/components/PageHead.vue'
import { useWords } from './words'

const { t } = useWords()
</script>

<template>
  <PageHead :intro="t('${key}.intro')" />
</template>
`,
}
for (const [file, content] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}
console.log(`${folder} is a section; put its words into title.json and locales/, and who sees it into tests/places.test.ts.`)
