#!/usr/bin/env node
// node serve.mjs <build folder> [--port N] [--desk URL] [--allow HOST]… [--settings JSON]
// Prints one JSON line {url, problems, sizes} when ready. A build with problems is not served:
// url is null and the exit code 1.
import { parseArgs } from 'node:util'
import { serve } from './serve/server.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    desk: { type: 'string' },
    allow: { type: 'string', multiple: true, default: [] },
    settings: { type: 'string', default: '{}' },
    // For callers that may be killed: the server ends with them, as their end of the pipe closes.
    'exit-with-stdin': { type: 'boolean', default: false },
  },
})
if (positionals.length !== 1) {
  console.error('usage: node serve.mjs <mini-program build folder> [--port N] [--desk URL] [--allow HOST]… [--settings JSON]')
  process.exit(2)
}
const settings = { ...JSON.parse(values.settings), ...(values.desk && { desk: values.desk.replace(/\/$/, '') }) }
const { url, packed, close } = await serve(positionals[0], { port: Number(values.port), settings, allow: values.allow })
console.log(JSON.stringify({ url, problems: packed.problems, sizes: packed.sizes }))
if (!url) process.exit(1)
if (values['exit-with-stdin']) process.stdin.resume().once('end', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => close().then(() => process.exit(0)))
