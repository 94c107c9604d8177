import { watch } from 'vue'
import { choice, localeOfDevice, storeChoice, storedChoice, type Locale, type LocaleChoice } from './locale'
import { i18n, speak } from './texts'

export { i18n } from './texts'

function resolve(wanted: LocaleChoice): Locale {
  return wanted === 'device' ? localeOfDevice(navigator.languages) : wanted
}

choice.value = storedChoice()

/** The texts that every page shares, in the person's language. */
export const textsReady: Promise<void> = speak(resolve(choice.value))

watch(choice, (wanted) => {
  storeChoice(wanted)
  void speak(resolve(wanted))
})
watch(i18n.global.locale, (locale) => (document.documentElement.lang = locale), { immediate: true })

window.addEventListener('languagechange', () => {
  if (choice.value === 'device') void speak(resolve('device'))
})
