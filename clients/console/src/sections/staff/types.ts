import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type ColleagueList = AnswerOf<'/api/v1/accounts/console/staff'>
export type Colleague = ItemOf<'/api/v1/accounts/console/staff'>
export type Role = Colleague['roles'][number]
export type FirstPassword = Schemas['FirstPassword']
