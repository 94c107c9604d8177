import { ref } from 'vue'
import { addToCart, countCart } from './api/cart'
import { attemptKey, endAttempt } from './attempt'
import { serverNow } from './clock'
import type { Cart } from './contract'
import { asProblem } from './http'
import { signedIn } from './session'

export type CartWish = { sku_id: string; quantity: number }

/** How many lines the cart has, as far as this device knows: what its badges show. */
export const cartCount = ref(0)
export const learnCart = (cart: Cart): void => { cartCount.value = cart.lines }
export async function refreshCartCount(): Promise<void> {
  cartCount.value = signedIn.value ? (await countCart().catch(() => ({ lines: cartCount.value }))).lines : 0
}

/** Add units: a lost answer that is asked for again, also after a reload, adds them once. */
export async function putIntoCart(wish: CartWish): Promise<void> {
  const contents = { cart: wish }
  try {
    learnCart(await addToCart(wish, attemptKey(contents)))
    endAttempt(contents)
  } catch (e) {
    if (asProblem(e).status >= 400 && asProblem(e).status < 500) endAttempt(contents) // it was refused: nothing was added
    throw e
  }
}

const WISH = 'ct.cart-wish'
const KEPT_MS = 15 * 60_000
/** Who has to sign in first finds it in the cart when they come back to the product. */
export const keepWish = (productId: string, wish: CartWish): void => uni.setStorageSync(WISH, { productId, wish, at: serverNow() })
export function takeWish(productId: string): CartWish | null {
  const kept = uni.getStorageSync(WISH) as { productId: string; wish: CartWish; at: number } | ''
  if (!kept || kept.productId !== productId || !signedIn.value) return null
  uni.removeStorageSync(WISH)
  return serverNow() - kept.at < KEPT_MS ? kept.wish : null
}
