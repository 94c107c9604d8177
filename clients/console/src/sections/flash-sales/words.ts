import { wordsOf } from '@/i18n/useWords'
import type texts from './locales/zh-Hant.json'

export const useWords = wordsOf<typeof texts>()
