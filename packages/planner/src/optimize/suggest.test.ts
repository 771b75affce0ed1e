import { expect, it } from 'vitest';
import { suggest } from './suggest.ts';

it('finds the nearest name, and none for a stranger', () => {
  const known = ['push-filter-into-scan', 'push-limit-into-scan', 'prune-columns', 'all'];
  expect(suggest('push-fliter-into-scan', known)).toBe('push-filter-into-scan');
  expect(suggest('PRUNE-COLUMN', known)).toBe('prune-columns');
  expect(suggest('push-limits-into-scan', known)).toBe('push-limit-into-scan');
  expect(suggest('al', known)).toBe('all');
  expect(suggest('decorrelate', known)).toBeUndefined();
  expect(suggest('', known)).toBeUndefined();
});
