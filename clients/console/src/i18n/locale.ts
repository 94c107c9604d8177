import { ref } from 'vue'

export const LOCALES = ['zh-Hant', 'zh-Hans', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export type LocaleChoice = Locale | 'device'

const KEY = 'chengtuan.console.locale'

/** The first of the device's languages that we speak, zh-Hant when there is none. */
export function localeOfDevice(languages: readonly string[]): Locale {
  for (const tag of languages) {
    const found = localeOfTag(tag)
    if (found) return found
  }
  return 'zh-Hant'
}

function localeOfTag(tag: string): Locale | null {
  const lower = tag.toLowerCase()
  if (lower.startsWith('en')) return 'en'
  if (!lower.startsWith('zh')) return null
  if (lower.includes('hans')) return 'zh-Hans'
  return /hant|-tw|-hk|-mo/.test(lower) ? 'zh-Hant' : 'zh-Hans'
}

export function storedChoice(): LocaleChoice {
  const stored = localStorage.getItem(KEY)
  return LOCALES.find((locale) => locale === stored) ?? 'device'
}

export function storeChoice(choice: LocaleChoice): void {
  if (choice === 'device') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, choice)
}

export const choice = ref<LocaleChoice>('device')
