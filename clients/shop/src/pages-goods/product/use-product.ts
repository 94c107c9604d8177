import { computed, ref, shallowRef } from 'vue'
import { getOffer, getProduct } from '@/core/api/shop'
import { checkoutUrl } from '@/core/checkout-url'
import type { GroupCard, Offer, OrderMode, Product } from '@/core/contract'
import { ask } from '@/core/feedback'
import { progressText } from '@/core/group-state'
import { t } from '@/core/i18n'
import { needSignIn, openUrl } from '@/core/nav'

/** What the product page shows and does: read, choose, go to checkout (by way of sign-in where needed). */
export function useProduct() {
  const id = ref('')
  const product = shallowRef<Product | null>(null)
  const offer = shallowRef<Offer | null>(null)
  const error = shallowRef<unknown>(null)
  const panel = ref(false)
  const mode = ref<OrderMode>('solo')
  const groupId = ref('')

  async function reloadOffer(): Promise<void> {
    const fresh = await getOffer(id.value)
    offer.value = fresh
  }
  async function load(): Promise<void> {
    error.value = null
    try {
      const [p] = await Promise.all([getProduct(id.value), reloadOffer()])
      product.value = p
    } catch (e) {
      error.value = e
    }
  }
  function choose(as: OrderMode, group = ''): void {
    mode.value = as
    groupId.value = group
    panel.value = true
  }
  async function join(group: GroupCard): Promise<void> {
    const text = t('product.joinAskText', { name: group.initiator.nickname, progress: progressText(group) })
    if (await ask(t('product.joinAsk'), text, t('product.joinYes'))) choose('join', group.id)
  }
  function done(choice: { sku_id: string; quantity: number }): void {
    panel.value = false
    const campaign = mode.value === 'open' ? offer.value?.campaign?.id : undefined
    const url = checkoutUrl({ mode: mode.value, product_id: id.value, campaign_id: campaign, group_id: groupId.value || undefined, ...choice })
    if (needSignIn(url)) openUrl(url)
  }
  const soldOut = computed(() => offer.value !== null && offer.value.skus.every((s) => s.available < 1))
  const onSale = computed(() => product.value?.published === true)
  return { id, product, offer, error, panel, mode, soldOut, onSale, load, reloadOffer, choose, join, done }
}
