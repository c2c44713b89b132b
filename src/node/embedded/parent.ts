// adapter · end of a server when the script that started it is gone

/** Calls `stop` once the parent script is gone, even by kill -9, which closes the IPC channel. Does nothing without a channel. */
export function onOrphaned(stop: () => void): void {
  if (process.channel === undefined || process.channel === null) return
  process.once('disconnect', stop)
  process.channel.unref()
}
