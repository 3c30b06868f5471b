/**
 * npm runs a script through a shell, and some shells (dash) take a signal for themselves: the program below lives on
 * without anyone. So under npm a process ends politely when its parent is gone. Import for its effect.
 */
const underNpm = process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32';

if (underNpm) {
  const parent = process.ppid;
  let told = false;
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ]) {
    process.on(signal, () => {
      told = true;
      // Alone here, this listener would swallow the signal.
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    // Whoever had the signal already is ending, and a second one would hurry it.
    if (!told) process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
