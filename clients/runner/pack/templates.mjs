// WXML: checked by WeChat's `wcc`, then compiled by WeChat's glass-easel template compiler
// into the code that the browser runs.
import { createRequire } from 'node:module'
import { withoutExtension } from './build.mjs'
import { runCompiler } from './wechat-compilers.mjs'

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler')
/** glass-easel's diagnostic levels: 1 note, 2 warning, 3 error, 4 fatal. */
const ERROR_LEVEL = 3

function describe (file, diagnostic) {
  const place = diagnostic.startLine === undefined ? '' : `:${diagnostic.startLine + 1}:${diagnostic.startColumn + 1}`
  return `${file}${place}: ${diagnostic.message ?? JSON.stringify(diagnostic)}`
}

/** @returns {string} source of an object: template path → template */
export function compileTemplates (build, problems) {
  const templates = build.byExtension('.wxml')
  const scripts = build.byExtension('.wxs')
  const checked = runCompiler('wcc', ['-d', '-cc', '0', ...templates, ...scripts, '-gn', '$gwx'], build.dist)
  if (!checked.ok) problems.push(`wcc: ${checked.complaint}`)
  const group = new TmplGroup()
  for (const file of templates) {
    for (const diagnostic of group.addTmpl(withoutExtension(file), build.read(file)) ?? []) {
      if (diagnostic.isError || diagnostic.level >= ERROR_LEVEL) problems.push(describe(file, diagnostic))
    }
  }
  for (const file of scripts) group.addScript(withoutExtension(file), build.read(file))
  const source = group.getTmplGenObjectGroups()
  group.free()
  return source
}
