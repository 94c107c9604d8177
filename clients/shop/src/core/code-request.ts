import { serverNow } from './clock'

/** The request for a sign-in code, kept through page changes and restarts: the code is of use only together with it. */
export type CodeRequest = { phone: string; requestId: string; againAt: number; expiresAt: number }

const KEY = 'ct.code-request'

export function keepCodeRequest(phone: string, answer: { request_id: string; retry_after_s: number; expires_in_s: number }): CodeRequest {
  const now = serverNow()
  const kept = { phone, requestId: answer.request_id, againAt: now + answer.retry_after_s * 1000, expiresAt: now + answer.expires_in_s * 1000 }
  uni.setStorageSync(KEY, kept)
  return kept
}

/** The one that still counts, if any. */
export function currentCodeRequest(): CodeRequest | null {
  const kept = uni.getStorageSync(KEY) as CodeRequest | ''
  if (!kept) return null
  if (kept.expiresAt > serverNow()) return kept
  dropCodeRequest()
  return null
}

export const dropCodeRequest = (): void => uni.removeStorageSync(KEY)
