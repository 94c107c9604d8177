// Navigation bar, tab bar, pull-down, page scroll, share menu.
import { changeTab, changeTabBar, mayChangeTabs } from '../frame.js'
import { redrawFrame, topEntry, topPage } from '../pages.js'
import { callHook } from '../record.js'
import { quietly, refuse, succeed } from './answer.js'

function changeBar (name, options, change) {
  Object.assign(topEntry().bar, change)
  redrawFrame()
  return succeed(name, options)
}

const tabCall = (name, changeOf) => (options) => {
  if (!mayChangeTabs()) return refuse(name, options, 'not TabBar page')
  return changeTab(options.index, changeOf(options)) ? succeed(name, options) : refuse(name, options, 'tabbar item not found')
}

function tabBarCall (name, changeOf) {
  return (options) => {
    changeTabBar(changeOf(options ?? {}))
    return succeed(name, options)
  }
}

const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

function pageScrollTo (options) {
  const box = topEntry().box
  const target = options.selector ? box.querySelector(options.selector) : null
  const top = target ? target.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop + (options.offsetTop ?? 0) : options.scrollTop ?? 0
  box.scrollTo({ top })
  return succeed('pageScrollTo', options)
}

export const bars = {
  setNavigationBarTitle: (options) => changeBar('setNavigationBarTitle', options, { navigationBarTitleText: options.title }),
  setNavigationBarColor: (options) => changeBar('setNavigationBarColor', options, {
    navigationBarBackgroundColor: options.backgroundColor,
    navigationBarTextStyle: options.frontColor === '#000000' ? 'black' : 'white',
  }),
  setTabBarItem: tabCall('setTabBarItem', ({ text, iconPath, selectedIconPath }) => given({ text, iconPath, selectedIconPath })),
  setTabBarBadge: tabCall('setTabBarBadge', ({ text }) => ({ badge: text, dot: false })),
  removeTabBarBadge: tabCall('removeTabBarBadge', () => ({ badge: '' })),
  showTabBarRedDot: tabCall('showTabBarRedDot', () => ({ dot: true, badge: '' })),
  hideTabBarRedDot: tabCall('hideTabBarRedDot', () => ({ dot: false })),
  setTabBarStyle: tabBarCall('setTabBarStyle', ({ color, selectedColor, backgroundColor }) => given({ color, selectedColor, backgroundColor })),
  showTabBar: tabBarCall('showTabBar', () => ({ hidden: false })),
  hideTabBar: tabBarCall('hideTabBar', () => ({ hidden: true })),
  startPullDownRefresh (options) {
    callHook(topPage(), 'onPullDownRefresh')
    return succeed('startPullDownRefresh', options)
  },
  pageScrollTo,
  ...quietly('stopPullDownRefresh', 'showShareMenu', 'hideShareMenu', 'updateShareMenu', 'hideHomeButton',
    'setBackgroundColor', 'setBackgroundTextStyle', 'hideKeyboard'),
}
