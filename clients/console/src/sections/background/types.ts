import type { ItemOf } from '@/api/types'

export type StuckWork = ItemOf<'/api/v1/background/{module}/stuck'>
