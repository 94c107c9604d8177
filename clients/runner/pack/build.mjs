// The files of one mini-program build, as the uploader sees them.
import fs from 'node:fs'
import path from 'node:path'

/**
 * @typedef {object} Build
 * @property {string} dist            absolute path of the build folder
 * @property {string[]} files         every file, relative, with forward slashes, sorted
 * @property {(file: string) => boolean} has
 * @property {(file: string) => string} read
 * @property {(file: string) => number} size   bytes
 * @property {(extension: string) => string[]} byExtension
 */

function walk (root, folder = '') {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder ? `${folder}/${entry.name}` : entry.name
    return entry.isDirectory() ? walk(root, name) : [name]
  })
}

/** @param {string} folder @returns {Build} */
export function openBuild (folder) {
  const dist = path.resolve(folder)
  const files = walk(dist).sort()
  const known = new Set(files)
  return {
    dist,
    files,
    has: (file) => known.has(file),
    read: (file) => fs.readFileSync(path.join(dist, file), 'utf8'),
    size: (file) => fs.statSync(path.join(dist, file)).size,
    byExtension: (extension) => files.filter((file) => file.endsWith(extension)),
  }
}

/** `pages/a/index.wxml` → `pages/a/index` */
export const withoutExtension = (file) => file.replace(/\.[^./]+$/, '')

/** What `ref`, written in the file `from`, points at: a path from the build's root. */
export function resolveRef (from, ref) {
  if (ref.startsWith('/')) return ref.slice(1)
  return path.posix.join(path.posix.dirname(from), ref)
}
