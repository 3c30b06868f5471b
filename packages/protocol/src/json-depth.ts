/** Whether plain data is nested deeper than `levels`. Looks no further, so that no depth can exhaust the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** Whether plain data holds more than `limit` values, at all depths together. Looks no further. */
export function hasMoreThan(value: unknown, limit: number): boolean {
  let left = limit;
  const open = [value];
  while (open.length > 0) {
    const holder = open.pop();
    if (typeof holder !== 'object' || holder === null) continue;
    if (Array.isArray(holder)) {
      left -= holder.length;
      if (left < 0) return true;
      for (const inner of holder) if (typeof inner === 'object') open.push(inner);
      continue;
    }
    // Not by Object.values, which for a huge object takes several times as long.
    for (const key in holder) {
      left -= 1;
      if (left < 0) return true;
      const inner = (holder as Record<string, unknown>)[key];
      if (typeof inner === 'object') open.push(inner);
    }
  }
  return false;
}
