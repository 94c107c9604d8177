import { addTexts } from '@/core/i18n'
import en from './locales/en.json'
import zhHans from './locales/zh-Hans.json'
import zhHant from './locales/zh-Hant.json'

addTexts({ 'zh-Hant': zhHant, 'zh-Hans': zhHans, en })
