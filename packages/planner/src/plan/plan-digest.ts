import type { LogicalPlan } from './logical-plan.ts';

/**
 * A fingerprint of a plan's structure as 16 hex digits: equal plans have equal digests in every process, so it may stand in logs and
 * reports. Rows of Memory nodes count by number only. Used to notice that rules undo each other; not for security.
 */
export function planDigest(plan: LogicalPlan): string {
  const text = JSON.stringify(plan, (key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
      return Object.is(value, -0) ? '-0' : String(value);
    if (value instanceof Uint8Array) return Array.from(value);
    if (key === 'batches' && Array.isArray(value)) return value.map((batch: { rowCount: number }) => batch.rowCount);
    return value;
  });
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
