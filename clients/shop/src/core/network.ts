import { onUnmounted } from 'vue'

/** Calls `again` whenever the device gets its network back, as long as the component lives. */
export function onNetworkBack(again: () => void): void {
  const heard = ({ isConnected }: { isConnected: boolean }) => { if (isConnected) again() }
  uni.onNetworkStatusChange(heard)
  onUnmounted(() => uni.offNetworkStatusChange(heard))
}
