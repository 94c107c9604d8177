/** All sections, found by their folders: a new one is listed nowhere. */
import { defineAsyncComponent } from 'vue'
import { loadTexts } from '@/i18n/texts'
import type { Load, Section } from '@/section'
import type { Permission } from '@/session/session'

export interface Room extends Section<{ [key: string]: string }> {
  /** Its folder, and the name of its first page. */
  name: string
}

const FOUND = import.meta.glob<Section<{ [key: string]: string }>>('../sections/*/section.ts', { eager: true, import: 'section' })

export const rooms: Room[] = Object.entries(FOUND)
  .map(([path, section]) => ({ ...section, name: path.split('/').at(-2)! }))
  .sort((one, other) => (one.menu?.order ?? 0) - (other.menu?.order ?? 0))

/** A part of a section, with its texts. */
export const withTexts = (room: Room, load: Load): Load => async () => {
  const [part] = await Promise.all([load(), loadTexts(room.name)])
  return part
}

/** The part that shows a thing beside any page, and what a person must be allowed to do to see it. */
export function lookOf(what: string): { needs?: Permission; load: Load } | null {
  const room = rooms.find((each) => each.looks?.[what])
  return room ? { needs: room.needs, load: withTexts(room, room.looks![what]!) } : null
}

/** What sections show on the first page, in its order. */
export const homeBlocks = rooms
  .filter((room) => room.home)
  .sort((one, other) => one.home!.order - other.home!.order)
  .map((room) => ({ name: room.name, needs: room.needs, part: defineAsyncComponent(withTexts(room, room.home!.block)) }))
