// WXSS: compiled by WeChat's `wcsc`. Its output is a list of tokens: plain text, [0, n] for n rpx,
// [1] for the place of a class prefix; the browser turns them into CSS.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { resolveRef, withoutExtension } from './build.mjs'
import { runCompiler } from './wechat-compilers.mjs'

const IMPORT = /@import\s+(?:url\()?["']([^"']+)["']\)?\s*;/g
const CALL = /=(?:\.\/)?sheet\.wxss=(setCssToHead\([\s\S]*?\))=/

function inlineImports (build, file, problems, seen) {
  if (seen.has(file)) return ''
  seen.add(file)
  if (!build.has(file)) {
    problems.push(`${file}: imported, but not in the build`)
    return ''
  }
  return build.read(file).replace(IMPORT, (_, ref) => inlineImports(build, resolveRef(file, ref), problems, seen))
}

// wcsc prints a piece of JavaScript that hands the tokens to `setCssToHead`; running it is the
// only exact way to read it.
/* eslint-disable no-new-func */
function tokensOf (output) {
  const match = output.match(CALL)
  if (!match) return []
  const code = new Function(`return "${match[1].replace(/"/g, '\\"')}"`)()
  let tokens = []
  new Function('setCssToHead', code)((found) => { tokens = found })
  return tokens
}

/** @returns {Record<string, unknown[]>} style sheet path without extension → tokens */
export function compileStyles (build, problems) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wxss-'))
  const sheets = {}
  try {
    for (const file of build.byExtension('.wxss')) {
      fs.writeFileSync(path.join(folder, 'sheet.wxss'), inlineImports(build, file, problems, new Set()))
      const result = runCompiler('wcsc', ['-pc', '1', 'sheet.wxss'], folder)
      if (result.ok) sheets[withoutExtension(file)] = tokensOf(result.output)
      else problems.push(`${file}: wcsc: ${result.complaint}`)
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
  return sheets
}
