import { ElMessage, ElMessageBox } from 'element-plus'
import { stopCampaign } from '@/api/trade'
import type { CampaignRow } from '@/api/types'
import { useWords } from '@/i18n/useWords'

/** Stopping a campaign, asked for once more because it cannot be undone; `after` reads it again. */
export function useStopCampaign(after: () => Promise<unknown>) {
  const { t, problem: say } = useWords()
  const canStop = (row: CampaignRow): boolean => row.status === 'running' || row.status === 'scheduled'

  async function stop(row: CampaignRow): Promise<void> {
    const agreed = await ElMessageBox.confirm(t('campaign.stop-ask', { n: row.groups_open }, row.groups_open), t('campaign.stop-title', { name: row.name }), {
      confirmButtonText: t('campaign.stop'), cancelButtonText: t('act.cancel'), type: 'warning',
    }).catch(() => null)
    if (!agreed) return
    try {
      await stopCampaign(row.id)
      ElMessage.success(t('campaign.stopped'))
    } catch (error) {
      ElMessage.error(say(error))
    }
    await after()
  }

  return { canStop, stop }
}
