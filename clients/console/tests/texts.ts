/** Tests show parts of the console without the pages that load their texts: all of them are there from the start. */
import { i18n } from '@/i18n'

type Tree = { [key: string]: string | Tree }
const found = import.meta.glob<Tree>(['../src/locales/*.json', '../src/sections/*/locales/*.json'], { eager: true, import: 'default' })
for (const [path, texts] of Object.entries(found)) i18n.global.mergeLocaleMessage(path.split('/').at(-1)!.replace('.json', ''), texts)
