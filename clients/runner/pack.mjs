#!/usr/bin/env node
// node pack.mjs <build folder>: runs every gate; prints JSON; exit code 1 on any problem.
import { pack } from './pack/index.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node pack.mjs <mini-program build folder>')
  process.exit(2)
}
const { pages, sizes, problems } = pack(folder)
console.log(JSON.stringify({ pages, sizes, problems }, null, 2))
process.exit(problems.length ? 1 : 0)
