import { shallowRef } from 'vue'
import { bindPhone, bindWechatPhone } from './api/accounts'
import { dropCodeRequest } from './code-request'
import type { Me } from './contract'
import { dialog, toast, toastProblem } from './feedback'
import { useAction } from './guard'
import { asProblem } from './http'
import { t } from './i18n'
import { explain } from './problems'
import { keepMe } from './session'

/** Another account that a proven phone belongs to; `claim` unites it with the one signed in. */
export type OtherAccount = { claim: string; nickname: string; avatar: string; phone_masked: string }

/** Bind a phone, by WeChat or by a code; `other` is set when it belongs to another account that can be joined to this one. */
export function usePhone(onBound: () => void = () => {}) {
  const other = shallowRef<OtherAccount | null>(null)
  const bind = useAction(async (send: () => Promise<Me>) => {
    keepMe(await send())
    dropCodeRequest()
    toast(t('phone.bound'))
    onBound()
  }, (e) => {
    const { code, members } = asProblem(e)
    // what to do about it is more than a toast holds
    if (code === 'accounts/phone-of-another-wechat') return void dialog({ title: t('phone.refused'), content: explain(e), showCancel: false })
    if (code !== 'accounts/phone-taken') return toastProblem(e)
    dropCodeRequest() // it was right, and is used up
    other.value = members as unknown as OtherAccount
  })
  return {
    busy: bind.busy,
    other,
    /** With what WeChat's button gave; empty when the shopper said no there. */
    byWechat: async (code: string) => { if (code) await bind.run(() => bindWechatPhone(code)) },
    byCode: async (phone: string, code: string, requestId: string) => {
      await bind.run(() => bindPhone(phone, code, requestId))
    },
  }
}
