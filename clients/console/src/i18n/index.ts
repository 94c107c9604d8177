import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import en from '@/locales/en.json'
import zhHans from '@/locales/zh-Hans.json'
import zhHant from '@/locales/zh-Hant.json'
import { choice, localeOfDevice, storeChoice, storedChoice, type Locale, type LocaleChoice } from './locale'

function resolve(wanted: LocaleChoice): Locale {
  return wanted === 'device' ? localeOfDevice(navigator.languages) : wanted
}

choice.value = storedChoice()

export const i18n = createI18n({
  legacy: false,
  locale: resolve(choice.value) as string,
  fallbackLocale: 'zh-Hant',
  messages: { 'zh-Hant': zhHant, 'zh-Hans': zhHans, en },
})

watch(
  choice,
  (wanted) => {
    storeChoice(wanted)
    i18n.global.locale.value = resolve(wanted)
    document.documentElement.lang = i18n.global.locale.value
  },
  { immediate: true },
)

window.addEventListener('languagechange', () => {
  if (choice.value === 'device') i18n.global.locale.value = resolve('device')
})
