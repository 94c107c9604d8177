import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import { pickText } from './useWords'

/** What the page is called: by itself, or as its section is. */
export function usePageTitle(): ComputedRef<string> {
  const { t, locale } = useI18n()
  const route = useRoute()
  return computed(() => (route.meta.title ? t(route.meta.title) : pickText(route.meta.name, locale.value)))
}
