import { computed, ref, shallowRef } from 'vue'
import { getGroupOffer, getOffer, getProduct } from '@/core/api/shop'
import { cartCount, type CartWish, keepWish, putIntoCart, takeWish } from '@/core/cart'
import { checkoutUrl } from '@/core/checkout-url'
import type { GroupCard, Offer, OrderMode, Product } from '@/core/contract'
import { ask, toast, toastProblem } from '@/core/feedback'
import { progressText } from '@/core/group-state'
import { useAction } from '@/core/guard'
import { t } from '@/core/i18n'
import { needSignIn, openUrl, urlOf } from '@/core/nav'
import { signedIn } from '@/core/session'

/** What the product page shows and does: read, choose, go to checkout (by way of sign-in where needed). */
export function useProduct() {
  const id = ref('')
  const product = shallowRef<Product | null>(null)
  const offer = shallowRef<Offer | null>(null)
  /** What the panel offers: the shelf's, or what the group that is joined was opened with. */
  const choosing = shallowRef<Offer | null>(null)
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
  function choose(as: OrderMode): void {
    mode.value = as
    groupId.value = ''
    choosing.value = offer.value
    panel.value = true
  }
  async function chooseToJoin(group: string): Promise<void> {
    choosing.value = await getGroupOffer(group)
    mode.value = 'join'
    groupId.value = group
    panel.value = true
  }
  async function join(group: GroupCard): Promise<void> {
    const text = t('product.joinAskText', { name: group.initiator.nickname, progress: progressText(group) })
    if (await ask(t('product.joinAsk'), text, t('product.joinYes'))) await chooseToJoin(group.id).catch(toastProblem)
  }
  function done(choice: { sku_id: string; quantity: number }): void {
    panel.value = false
    const campaign = mode.value === 'open' ? offer.value?.campaign?.id : undefined
    const url = checkoutUrl({ mode: mode.value, product_id: id.value, campaign_id: campaign, group_id: groupId.value || undefined, ...choice })
    if (needSignIn(url)) openUrl(url)
  }
  const adding = useAction(async (wish: CartWish) => {
    if (!signedIn.value) {
      keepWish(id.value, wish)
      panel.value = false
      needSignIn(urlOf('product', { id: id.value }))
      return
    }
    await putIntoCart(wish)
    panel.value = false
    toast(t('product.inCart', { n: cartCount.value }))
  })
  /** What was wanted before signing in. */
  function resume(): void {
    const wish = takeWish(id.value)
    if (wish) void adding.run(wish)
  }
  const soldOut = computed(() => offer.value?.shown?.in_stock !== true)
  const onSale = computed(() => offer.value?.on_sale === true)
  return { id, product, offer, choosing, error, panel, mode, soldOut, onSale, load, reloadOffer, choose, join, done, adding, resume }
}
