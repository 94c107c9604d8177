// Package sizes as the uploader counts them: every file of the package.
import { subPackagesOf } from './manifest.mjs'

/** The platform's limit for the main package and for each subpackage, in bytes. */
export const PACKAGE_LIMIT = 2 * 1024 * 1024
/** The platform's limit for all packages together, in bytes. */
export const TOTAL_LIMIT = 30 * 1024 * 1024

/** @returns {{main: number, total: number, subs: Record<string, number>}} bytes */
export function measure (build, app, problems) {
  const roots = subPackagesOf(app).map((sub) => sub.root.replace(/\/?$/, '/'))
  const sum = (files) => files.reduce((total, file) => total + build.size(file), 0)
  const sizes = {
    main: sum(build.files.filter((file) => !roots.some((root) => file.startsWith(root)))),
    total: sum(build.files),
    subs: Object.fromEntries(roots.map((root) => [root.slice(0, -1), sum(build.files.filter((file) => file.startsWith(root)))])),
  }
  for (const [name, bytes] of [['main package', sizes.main], ...Object.entries(sizes.subs)]) {
    if (bytes > PACKAGE_LIMIT) problems.push(`${name}: ${bytes} bytes, allowed are ${PACKAGE_LIMIT}`)
  }
  if (sizes.total > TOTAL_LIMIT) problems.push(`all packages: ${sizes.total} bytes, allowed are ${TOTAL_LIMIT}`)
  return sizes
}
