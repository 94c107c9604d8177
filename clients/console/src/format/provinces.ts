import type texts from '@/locales/zh-Hant.json'

type Texts = typeof texts
export type ProvinceCode = keyof Texts['province']

/** Provinces by GB/T 2260 code, grouped by the regions merchants think in. Names are in the catalogues. */
export const PROVINCE_GROUPS: { key: keyof Texts['region']; codes: ProvinceCode[] }[] = [
  { key: 'east', codes: ['310000', '320000', '330000', '340000', '350000', '360000', '370000'] },
  { key: 'north', codes: ['110000', '120000', '130000', '140000', '150000'] },
  { key: 'central', codes: ['410000', '420000', '430000'] },
  { key: 'south', codes: ['440000', '450000', '460000'] },
  { key: 'southwest', codes: ['500000', '510000', '520000', '530000', '540000'] },
  { key: 'northwest', codes: ['610000', '620000', '630000', '640000', '650000'] },
  { key: 'northeast', codes: ['210000', '220000', '230000'] },
  { key: 'overseas', codes: ['710000', '810000', '820000'] },
]

export const PROVINCE_CODES: string[] = PROVINCE_GROUPS.flatMap((group) => group.codes)
