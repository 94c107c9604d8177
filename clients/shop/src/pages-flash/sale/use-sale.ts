import { computed, reactive, ref, shallowRef } from 'vue'
import { listAddresses } from '@/core/api/accounts'
import { getFlashSale } from '@/core/api/flash'
import type { Address, FlashSale } from '@/core/contract'
import { useDraft } from '@/core/draft'
import { EVERY_MS, isMoving, isOver } from '@/core/flash'
import { takePicked } from '@/core/pick-address'
import { useRepeating } from '@/core/repeat'
import { session } from '@/core/session'

/** What a flash sale's page shows, and what is chosen on it, of which the shopper may have `rest()` more; kept up to date from `start()` to `stop()`. */
export function useSale(rest: () => number) {
  const id = ref('')
  const sale = shallowRef<FlashSale | null>(null)
  const error = shallowRef<unknown>(null)
  const address = shallowRef<Address | null>(null)
  const chosen = reactive({ sku_id: '', quantity: 1, address_id: '' })
  const draft = useDraft(chosen)

  const variant = computed(() => sale.value?.variants.find((each) => each.sku_id === chosen.sku_id))
  const most = computed(() => Math.max(1, Math.min(rest(), variant.value?.free ?? 1)))
  const totalFen = computed(() => (variant.value?.flash_price_fen ?? 0) * chosen.quantity)
  /** In the address's own words: nothing can be sent there. */
  const refused = computed(() => address.value !== null && sale.value?.freight.undelivered.includes(address.value.province_code) === true)

  function put(fresh: FlashSale): void {
    sale.value = fresh
    if (variant.value) return
    const { variants } = fresh
    chosen.sku_id = (variants.find((each) => each.free > 0) ?? variants[0])?.sku_id ?? ''
  }
  async function load(): Promise<void> {
    if (!sale.value) error.value = null
    try {
      put(await getFlashSale(id.value))
    } catch (e) {
      if (!sale.value) error.value = e
    }
  }
  /** The account's addresses; the chosen one stays, as it is now, while it exists. */
  async function loadAddress(): Promise<void> {
    const picked = takePicked()
    if (!session.token) {
      address.value = null
      return
    }
    const { items } = await listAddresses()
    const wanted = picked?.id ?? chosen.address_id
    address.value = items.find((each) => each.id === wanted) ?? items.find((each) => each.is_default) ?? items[0] ?? null
    chosen.address_id = address.value?.id ?? ''
  }
  const follow = useRepeating(load, () => sale.value !== null && isMoving(sale.value), EVERY_MS)
  function open(saleId: string): void {
    id.value = saleId
    draft.start(`flash.${saleId}`)
  }
  function start(): void {
    void load()
    void loadAddress().catch(() => {})
    follow.start()
  }
  const over = computed(() => sale.value !== null && isOver(sale.value))
  return { id, sale, error, address, chosen, variant, most, totalFen, refused, over, open, load, loadAddress, start, stop: follow.stop, drop: draft.drop }
}
