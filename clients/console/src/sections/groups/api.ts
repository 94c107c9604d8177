import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { ConsoleGroup, GroupCounts, ListedGroupStatus } from './types'

export const listGroups = (
  status: ListedGroupStatus,
  campaignId: string | undefined,
  cursor?: string,
): Promise<Page<ConsoleGroup>> =>
  answerOf(
    http.GET('/api/v1/trade/console/groups', { params: { query: { status, campaign_id: campaignId, cursor } } }),
  )

export const fetchGroupCounts = (): Promise<GroupCounts> => answerOf(http.GET('/api/v1/trade/console/groups/counts'))
