// adapter · a server started by a script does not outlive it

/**
 * Calls `stop` once the script that started this process is gone, even by kill -9: then its end of the IPC channel
 * closes. Does nothing in a process that was started without a channel.
 */
export function onOrphaned(stop: () => void): void {
  if (process.channel === undefined || process.channel === null) return
  process.once('disconnect', stop)
  process.channel.unref()
}
