// Gates on app.json and the pages' and components' JSON: what the uploader or the
// client refuses, found before anybody needs a phone.
import path from 'node:path'
import { resolveRef, withoutExtension } from './build.mjs'

const TAB_ITEMS = { least: 2, most: 5 }
const TAB_ICON_BYTES = 40 * 1024
const PRIVATE_INFOS = new Set([
  'chooseAddress', 'chooseLocation', 'choosePoi', 'getFuzzyLocation', 'getLocation',
  'onLocationChange', 'startLocationUpdate', 'startLocationUpdateBackground',
])
const PLUGIN = /^(dynamicLib|plugin(-private)?):\/\//

/** Every JSON file by its path without extension; unreadable ones are problems. */
export function readJson (build, problems) {
  const json = {}
  for (const file of build.byExtension('.json')) {
    try {
      json[withoutExtension(file)] = JSON.parse(build.read(file))
    } catch (error) {
      problems.push(`${file}: ${error.message}`)
    }
  }
  if (!json.app) problems.push('app.json: missing')
  return json
}

export const subPackagesOf = (app) => app.subPackages ?? app.subpackages ?? []

export function pagesOf (app) {
  const inSubs = subPackagesOf(app).flatMap((sub) => sub.pages.map((page) => path.posix.join(sub.root, page)))
  return [...(app.pages ?? []), ...inSubs]
}

function checkPages (build, pages, problems) {
  if (!pages.length) problems.push('app.json: lists no page')
  for (const page of pages) {
    for (const extension of ['.js', '.wxml', '.json']) {
      if (!build.has(page + extension)) problems.push(`${page}${extension}: listed in app.json, not in the build`)
    }
  }
  const twice = pages.filter((page, index) => pages.indexOf(page) !== index)
  for (const page of twice) problems.push(`app.json: page ${page} is listed twice`)
}

function checkTabIcon (build, icon, problems) {
  if (!icon) return
  if (!build.has(icon)) problems.push(`app.json: tab bar icon ${icon} is missing`)
  else if (build.size(icon) > TAB_ICON_BYTES) problems.push(`app.json: tab bar icon ${icon} is over 40 KB`)
}

function checkTabBar (build, app, problems) {
  if (!app.tabBar) return
  const list = app.tabBar.list ?? []
  if (list.length < TAB_ITEMS.least || list.length > TAB_ITEMS.most) {
    problems.push(`app.json: the tab bar has ${list.length} items, allowed are 2 to 5`)
  }
  for (const tab of list) {
    if (!app.pages?.includes(tab.pagePath)) problems.push(`app.json: tab ${tab.pagePath} is no page of the main package`)
    if (!tab.text) problems.push(`app.json: tab ${tab.pagePath} has no text`)
    checkTabIcon(build, tab.iconPath, problems)
    checkTabIcon(build, tab.selectedIconPath, problems)
  }
}

function checkPrivateInfos (app, problems) {
  for (const name of app.requiredPrivateInfos ?? []) {
    if (!PRIVATE_INFOS.has(name)) problems.push(`app.json: requiredPrivateInfos: ${name} is not a known value`)
  }
}

function checkComponents (json, problems) {
  for (const [owner, config] of Object.entries(json)) {
    for (const [name, ref] of Object.entries(config?.usingComponents ?? {})) {
      if (PLUGIN.test(ref)) continue
      const target = resolveRef(owner, ref)
      const found = [target, `${target}/index`].find((candidate) => json[candidate])
      if (!found) problems.push(`${owner}.json: component ${name} -> ${ref} not found`)
      else if (json[found].component !== true) problems.push(`${found}.json: used as a component without "component": true`)
    }
  }
}

/** Adds a sentence to `problems` for every broken reference or forbidden value. */
export function checkManifest (build, json, problems) {
  const app = json.app ?? {}
  checkPages(build, pagesOf(app), problems)
  checkTabBar(build, app, problems)
  checkPrivateInfos(app, problems)
  checkComponents(json, problems)
}
