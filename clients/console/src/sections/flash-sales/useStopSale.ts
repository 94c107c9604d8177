import { ElMessage } from 'element-plus'
import { confirmAction } from '@/components/confirm'
import { may } from '@/session/session'
import { fetchFlashSale, stopFlashSale } from './api'
import type { FlashSaleRow } from './types'
import { useWords } from './words'

/** Stopping a sale: what that means is told from its figures of this moment, and asked; `after` reads it again. */
export function useStopSale(after: () => Promise<unknown>) {
  const { t, problem: say } = useWords()
  const canChange = (row: FlashSaleRow): boolean => may('campaigns:edit') && (row.status === 'running' || row.status === 'scheduled')

  async function agreed(id: string): Promise<boolean> {
    const { name, free, figures } = await fetchFlashSale(id)
    const means = [
      t('flash.stop.ask'),
      t('flash.stop.holding', { n: figures.people_holding }, figures.people_holding),
      t('flash.stop.unpaid', { n: figures.unpaid_orders }, figures.unpaid_orders),
      t('flash.stop.back', { n: free }, free),
    ]
    return confirmAction({ title: t('flash.stop.title', { name }), text: means.join('\n'), act: t('flash.stop.act'), keep: t('act.cancel') })
  }

  async function stop(id: string): Promise<void> {
    try {
      if (!(await agreed(id))) return
      await stopFlashSale(id)
      ElMessage.success(t('flash.stop.done'))
    } catch (error) {
      ElMessage.error(say(error))
    }
    await after()
  }

  return { canChange, stop }
}
