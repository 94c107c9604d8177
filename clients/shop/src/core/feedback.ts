// #ifdef H5
import { announce } from './access'
// #endif
import { holdBack } from './back'
import { t } from './i18n'
import { explain } from './problems'

export function toast(title: string): void {
  uni.showToast({ title, icon: 'none', duration: 2500 })
  // #ifdef H5
  announce(title)
  // #endif
}
export const toastProblem = (e: unknown): void => toast(explain(e))

type Dialog = Omit<UniApp.ShowModalOptions, 'success' | 'fail' | 'complete'>
/** A dialog over the page; "back" closes it as its own "no" does. Resolves to what WeChat or the browser answers. */
export const dialog = (options: Dialog): Promise<{ confirm: boolean; content: string }> =>
  new Promise((resolve) => {
    let no = () => {}
    // #ifdef H5
    no = () => document.querySelector<HTMLElement>(`.uni-modal__btn_${options.showCancel === false ? 'primary' : 'default'}`)?.click()
    // #endif
    const release = holdBack(no)
    uni.showModal({
      confirmColor: '#b8451a', confirmText: t('ui.ok'), cancelText: t('ui.cancel'), ...options,
      success: (r) => { release(); resolve({ confirm: r.confirm, content: r.content ?? '' }) },
      fail: () => { release(); resolve({ confirm: false, content: '' }) },
    })
  })

/** Ask yes or no; resolves to whether the shopper agreed. */
export const ask = async (title: string, content: string, confirmText = t('ui.ok'), cancelText = t('ui.cancel')): Promise<boolean> =>
  (await dialog({ title, content, confirmText, cancelText })).confirm
