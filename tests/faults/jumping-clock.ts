/** Loaded into the server: the time of day jumps by a day at every other look. Timers and monotonic time do not. */
const DAY_MS = 86_400_000;
const RealDate = Date;
let looks = 0;

function now(): number {
  looks += 1;
  return RealDate.now() + ((Math.floor(looks / 2) % 3) - 1) * DAY_MS;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [string]) =>
    new target(...(((args as unknown[]).length === 0 ? [now()] : args) as [string])),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
