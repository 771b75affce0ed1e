import { describe, expect, it } from 'vitest';
import { createMemoryBudget } from './budget.ts';
import { createMetrics } from './metrics.ts';

describe('memory budget', () => {
  it('counts a child in every ancestor and gives back what is released', () => {
    const root = createMemoryBudget('server', 1000);
    const session = root.child('session', 600);
    const sort = session.child('sort');
    const reservation = sort.reserve(500);
    expect([root.usedBytes, session.usedBytes, sort.usedBytes]).toEqual([500, 500, 500]);
    reservation.resize(200);
    expect(root.usedBytes).toBe(200);
    reservation.release();
    reservation.release();
    expect([root.usedBytes, session.usedBytes, sort.usedBytes]).toEqual([0, 0, 0]);
  });

  it('refuses with 53200 and the bytes, and changes nothing', () => {
    const root = createMemoryBudget('server', 1000);
    const session = root.child('session', 600);
    const held = session.reserve(500);
    expect(() => session.reserve(101)).toThrow(
      expect.objectContaining({
        sqlstate: '53200',
        message: 'out of memory: session needs 101 bytes and 100 of 600 are left',
      }),
    );
    expect(session.tryReserve(101)).toBeNull();
    expect(() => held.resize(601)).toThrow(expect.objectContaining({ sqlstate: '53200' }));
    expect(held.bytes).toBe(500);
    const other = root.reserve(500);
    expect(() => session.reserve(1)).toThrow('session needs 1 bytes and 0 of 1000 are left');
    other.release();
    expect(session.tryReserve(100)?.bytes).toBe(100);
  });

  it('takes only counts of bytes', () => {
    const root = createMemoryBudget('server', 1000);
    expect(() => root.reserve(-1)).toThrow('a reservation is a count of bytes');
    expect(() => root.reserve(0.5)).toThrow('a reservation is a count of bytes');
  });
});

describe('metrics', () => {
  it('adds counters, sets gauges and reads them sorted', () => {
    const metrics = createMetrics();
    metrics.count('wal_records');
    metrics.count('wal_records', 4);
    metrics.gauge('buffered_bytes', 7);
    metrics.gauge('buffered_bytes', 3);
    expect([...metrics.read()]).toEqual([
      ['buffered_bytes', 3],
      ['wal_records', 5],
    ]);
  });
});
