// JavaScript: syntax checked here; run in the browser with the browser's own globals hidden.
import vm from 'node:vm'

/**
 * Names a browser has and WeChat's logic layer has not. Code of the mini-program sees `undefined`
 * under these names, so that a build which would break on a phone breaks here as well.
 */
export const HIDDEN = ('window document self top parent frames navigator location history screen ' +
  'localStorage sessionStorage indexedDB caches fetch XMLHttpRequest URL URLSearchParams FormData ' +
  'Blob File FileReader Headers Request Response WebSocket EventSource Image Audio Option HTMLElement ' +
  'Element Node Event CustomEvent EventTarget MessageChannel BroadcastChannel MutationObserver ' +
  'IntersectionObserver ResizeObserver DOMParser AbortController AbortSignal btoa atob TextDecoder ' +
  'TextEncoder crypto alert confirm prompt open requestAnimationFrame cancelAnimationFrame ' +
  'requestIdleCallback queueMicrotask structuredClone performance matchMedia getComputedStyle ' +
  'customElements Worker SharedWorker Notification ReadableStream importScripts postMessage').split(' ')

/** The parameters that every module of a mini-program finds, in the order the loader passes them. */
export const PROVIDED = ('require module exports wx App Page Component Behavior getApp getCurrentPages ' +
  'requirePlugin requireMiniProgram global globalThis Function').split(' ')

const wrap = (source) => `function(${[...PROVIDED, ...HIDDEN].join(',')}){return (function(){${source}\n}).call(module.exports)}`

/** @returns {Record<string, string>} file → source of a factory function */
export function wrapScripts (build, problems) {
  const factories = {}
  for (const file of build.byExtension('.js')) {
    const source = wrap(build.read(file))
    try {
      new vm.Script(`(${source})`, { filename: file })
      factories[file] = source
    } catch (error) {
      problems.push(`${file}: ${error.message}`)
    }
  }
  return factories
}
