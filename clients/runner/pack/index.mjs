// pack(folder): every gate on a mini-program build, and the same build as one browser script.
import { openBuild } from './build.mjs'
import { checkManifest, pagesOf, readJson } from './manifest.mjs'
import { wrapScripts } from './scripts.mjs'
import { measure } from './sizes.mjs'
import { compileStyles } from './styles.mjs'
import { compileTemplates } from './templates.mjs'

/**
 * @param {string} folder  a build such as `dist/build/mp-weixin`
 * @returns what was found; `problems` is empty for a build that may be uploaded
 */
export function pack (folder) {
  const problems = []
  const build = openBuild(folder)
  const json = readJson(build, problems)
  const app = json.app ?? { pages: [] }
  checkManifest(build, json, problems)
  return {
    dist: build.dist,
    app,
    json,
    pages: pagesOf(app),
    sizes: measure(build, app, problems),
    templates: compileTemplates(build, problems),
    styles: compileStyles(build, problems),
    scripts: wrapScripts(build, problems),
    problems,
  }
}

/** The packed build as a script that sets `window.__MP__` (read by runtime/). */
export function toBrowserScript (packed) {
  const modules = Object.entries(packed.scripts).map(([file, source]) => `${JSON.stringify(file)}:${source}`)
  const parts = {
    app: JSON.stringify(packed.app),
    pages: JSON.stringify(packed.pages),
    json: JSON.stringify(packed.json),
    styles: JSON.stringify(packed.styles),
    templates: packed.templates,
    modules: `{${modules.join(',\n')}}`,
  }
  return `window.__MP__={${Object.entries(parts).map(([name, source]) => `${name}:${source}`).join(',\n')}};`
}
