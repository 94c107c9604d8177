import { t } from './i18n'
import { explain } from './problems'

export const toast = (title: string): void => void uni.showToast({ title, icon: 'none', duration: 2500 })
export const toastProblem = (e: unknown): void => toast(explain(e))

/** Ask yes or no; resolves to whether the shopper agreed. */
export const ask = (title: string, content: string, confirmText = t('ui.ok'), cancelText = t('ui.cancel')): Promise<boolean> =>
  new Promise((resolve) =>
    uni.showModal({ title, content, confirmText, cancelText, confirmColor: '#b8451a', success: (r) => resolve(r.confirm), fail: () => resolve(false) }))

export const tell = (title: string, content: string): Promise<void> =>
  new Promise((resolve) =>
    uni.showModal({ title, content, showCancel: false, confirmText: t('ui.ok'), confirmColor: '#b8451a', complete: () => resolve() }))
