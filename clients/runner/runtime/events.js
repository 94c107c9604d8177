// Events in the shape that page code of a mini-program gets.
import * as ge from 'glass-easel'

/** The DOM node behind a glass-easel element or component instance. */
export const domOf = (target) => (target?._$ ? target._$.$$ : target?.$$) ?? null

function plainTarget (target) {
  const node = domOf(target)
  return {
    id: target?.id ?? '',
    dataset: { ...(target?.dataset ?? {}) },
    offsetLeft: node?.offsetLeft ?? 0,
    offsetTop: node?.offsetTop ?? 0,
  }
}

const plainTouches = (list) => [...(list ?? [])].map(({ identifier, pageX, pageY, clientX, clientY }) =>
  ({ identifier, pageX, pageY, clientX, clientY }))

export function installEventShape () {
  ge.Event.prototype.wrapShadowedEvent = function (target, mark, currentTarget) {
    const original = this.getOriginalEvent?.()
    return {
      type: this.getEventName(),
      timeStamp: Math.round(performance.now()),
      detail: this.detail,
      target: plainTarget(target),
      currentTarget: plainTarget(currentTarget),
      mark: mark ?? {},
      mut: false,
      touches: plainTouches(original?.touches),
      changedTouches: plainTouches(original?.changedTouches),
      preventDefault () {},
      stopPropagation: () => this.stopPropagation(),
    }
  }
}
