import { computed, shallowRef, watch } from 'vue'
import { previewFlash } from '@/core/api/flash'
import type { FlashPreviewInput, Quote } from '@/core/contract'

/** What the order of a wish will cost, asked anew whenever the wish is another; `wish` answers null where nobody can ask. */
export function useQuote(saleId: () => string, wish: () => FlashPreviewInput | null) {
  const found = shallowRef<{ of: string; quote: Quote | null; refusal: unknown } | null>(null)
  const print = computed(() => { const now = wish(); return now ? JSON.stringify(now) : '' })
  async function ask(): Promise<void> {
    const of = print.value
    if (!of) return
    const answer = await previewFlash(saleId(), JSON.parse(of) as FlashPreviewInput)
      .then((quote) => ({ of, quote, refusal: null as unknown }), (refusal: unknown) => ({ of, quote: null, refusal }))
    if (of === print.value) found.value = answer
  }
  watch(print, () => void ask(), { immediate: true })
  const now = computed(() => (found.value?.of === print.value ? found.value : null))
  return { quote: computed(() => now.value?.quote ?? null), refusal: computed(() => now.value?.refusal ?? null), ask }
}
