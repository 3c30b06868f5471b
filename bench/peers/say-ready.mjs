/** What the benchmark waits for. On a line of its own, whatever was printed before. */
export function sayReady(port) {
  process.stdout.write(`\n${JSON.stringify({ ready: true, port, pid: process.pid })}\n`);
}
