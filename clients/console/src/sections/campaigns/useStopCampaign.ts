import { ElMessage } from 'element-plus'
import { confirmAction } from '@/components/confirm'
import { may } from '@/session/session'
import { stopCampaign } from './api'
import type { CampaignRow } from './types'
import { useWords } from './words'

/** Stopping a campaign, asked for once more because it cannot be undone; `after` reads it again. */
export function useStopCampaign(after: () => Promise<unknown>) {
  const { t, problem: say } = useWords()
  const canStop = (row: CampaignRow): boolean => may('campaigns:edit') && (row.status === 'running' || row.status === 'scheduled')

  async function stop(row: CampaignRow): Promise<void> {
    const agreed = await confirmAction({
      title: t('campaign.stop-title', { name: row.name }), text: t('campaign.stop-ask', { n: row.groups_open }, row.groups_open),
      act: t('campaign.stop'), keep: t('act.cancel'),
    })
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
