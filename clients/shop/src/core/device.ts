import { uuid } from './uuid'

const KEY = 'ct.device-id'

/** Tells this device from others, whoever signs in on it; made once and kept. */
export function deviceId(): string {
  const kept = uni.getStorageSync(KEY) as string
  if (kept) return kept
  const made = uuid()
  uni.setStorageSync(KEY, made)
  return made
}
