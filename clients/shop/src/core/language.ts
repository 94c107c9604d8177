export const LANGUAGES = ['zh-Hant', 'zh-Hans', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export type LanguageChoice = Language | 'device'

const KEY = 'ct.language'
let current: Language = 'zh-Hant'

/** Map a device locale such as zh_CN, zh-TW or en-GB to one of ours; zh-Hant where unknown. */
export function matchLanguage(tag: string): Language {
  const t = tag.toLowerCase().replace(/_/g, '-')
  if (t.startsWith('en')) return 'en'
  if (/^zh-(hans|cn|sg|my)/.test(t) || t === 'zh') return 'zh-Hans'
  return 'zh-Hant'
}

function deviceLanguage(): Language {
  // #ifdef H5
  if (typeof navigator !== 'undefined') return matchLanguage(navigator.language)
  // #endif
  // #ifdef MP-WEIXIN
  return matchLanguage(uni.getAppBaseInfo().language ?? '')
  // #endif
  return 'zh-Hant'
}

export const storedChoice = (): LanguageChoice => (uni.getStorageSync(KEY) as LanguageChoice) || 'device'
export const currentLanguage = (): Language => current

/** Remember the shopper's choice and return the language it means now. */
export function chooseLanguage(choice: LanguageChoice): Language {
  if (choice === 'device') uni.removeStorageSync(KEY)
  else uni.setStorageSync(KEY, choice)
  return (current = choice === 'device' ? deviceLanguage() : choice)
}
