import type { Component, ComputedRef, InjectionKey } from 'vue'
import type { LText } from '@/api/types'
import type { KeysOf } from '@/i18n/keys'
import type { Permission } from '@/session/session'

export type Load = () => Promise<{ default: Component }>

/** What can be no id is no address: it is said at once, and no server is asked. */
export const ID = ':id([0-9a-fA-F-]{36})'

export interface Page<Key extends string = string> {
  path: string
  /** What links lead to. The section's first page has the section's name. */
  name: string
  page: Load
  /** Where it is not the section's: who may read may not always write. */
  needs?: Permission
  /** Catalogue key of its title; without one it has the section's. */
  title?: Key
  /** Parts of the address become the page's props. */
  props?: boolean
  /** Shown without the shell, and without being signed in. */
  bare?: boolean
}

/**
 * What the rest of the console knows of a section; everything else stays in its folder. Texts lie in `locales/`, and are
 * loaded before any of these parts is shown.
 */
export interface Section<Texts = object> {
  /** Its name in the menu and over its pages, known before its texts are. */
  title: LText
  /** What a person must be allowed to do to be here; without it the section is neither offered nor shown. */
  needs?: Permission
  menu?: { order: number; icon: Component }
  pages: Page<KeysOf<Texts>>[]
  /** A block of the first page, for whoever may be here. */
  home?: { order: number; block: Load }
  /** Things that other sections show without leaving their page (`looks.ts`): the part takes `id` and says `close`. */
  looks?: Record<string, Load>
}

/** The blocks of the first page that this person may see, handed to it by the shell. */
export const HOME_BLOCKS: InjectionKey<ComputedRef<{ name: string; part: Component }[]>> = Symbol('blocks of the first page')
