// WeChat's own WXML and WXSS compilers, from the npm package miniprogram-compiler.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'

const require = createRequire(import.meta.url)
const OUTPUT_LIMIT = 1 << 29
const FLAVOUR = { darwin: 'mac', linux: 'linux' }[process.platform]
let binaries

// The package ships its binaries without the executable bit; a private copy gets it, so that a
// read-only or shared installation works too.
function binaryFolder () {
  if (binaries) return binaries
  if (!FLAVOUR) throw new Error('WeChat ships its WXML and WXSS compilers for Linux and macOS only')
  const source = path.join(path.dirname(require.resolve('miniprogram-compiler/package.json')), 'bin', FLAVOUR)
  binaries = fs.mkdtempSync(path.join(os.tmpdir(), 'wechat-compilers-'))
  for (const name of ['wcc', 'wcsc']) {
    fs.copyFileSync(path.join(source, name), path.join(binaries, name))
    fs.chmodSync(path.join(binaries, name), 0o755)
  }
  process.once('exit', () => fs.rmSync(binaries, { recursive: true, force: true }))
  return binaries
}

/**
 * Runs `wcc` or `wcsc` in `folder`.
 * @returns {{ok: boolean, output: string, complaint: string}}
 */
export function runCompiler (name, args, folder) {
  const result = spawnSync(path.join(binaryFolder(), name), args, { cwd: folder, maxBuffer: OUTPUT_LIMIT })
  const output = String(result.stdout ?? '')
  const complaint = String(result.stderr ?? '').trim() || result.error?.message || output.slice(-200)
  return { ok: result.status === 0, output, complaint }
}
