// #ifdef H5
import { linkTo } from './addresses'
// #endif
import type { Group } from './contract'
import { toast } from './feedback'
import { yuan } from './format'
import { headPrice, progressText, wantsPeople } from './group-state'
import { ltext, t } from './i18n'
// #ifdef H5
import { locale } from './i18n'
// #endif
import { urlOf } from './nav'
import { media } from './http'

export type ShareCard = { title: string; path: string; imageUrl: string }

/** What a shared group looks like in a chat: what one more person brings and the price, nothing exaggerated. */
export function groupCard(group: Group): ShareCard {
  const name = ltext(group.product_name)
  const price = yuan(headPrice(group))
  const asks = group.status === 'open' && wantsPeople(group)
  const title = asks ? t('group.shareAsk', { progress: progressText(group), price, name }) : t('group.shareJoin', { price, name })
  return { title, path: urlOf('group', { id: group.id }), imageUrl: media(group.product_image_url) }
}

// #ifdef H5
/** Hand the link to the device's share sheet, or copy it where there is none. */
export async function shareLink(card: ShareCard): Promise<void> {
  const url = linkTo(`${card.path}&lang=${locale()}`) // what the chat shows of it is in the sharer's language
  if (typeof navigator.share === 'function' && navigator.maxTouchPoints > 0) {
    await navigator.share({ title: card.title, text: card.title, url }).catch(() => {})
    return
  }
  uni.setClipboardData({ data: url, showToast: false, success: () => toast(t('group.linkCopied')), fail: () => toast(url) })
}
// #endif
