import type { AnswerOf, ItemOf } from '@/api/types'

export type ConsoleGroup = ItemOf<'/api/v1/trade/console/groups'>
export type GroupCounts = AnswerOf<'/api/v1/trade/console/groups/counts'>
/** The states that the list of groups can be asked for; a draft shows up once it is paid. */
export type ListedGroupStatus = keyof GroupCounts
export const LISTED: readonly ListedGroupStatus[] = ['open', 'succeeded', 'failed']
