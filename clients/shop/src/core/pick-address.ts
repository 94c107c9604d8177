import type { Address } from './contract'

let picked: Address | null = null
/** Hand an address from the address list back to the page that asked for one. */
export const handOver = (a: Address): void => void (picked = a)
/** Take it, once. */
export function takePicked(): Address | null {
  const a = picked
  picked = null
  return a
}
