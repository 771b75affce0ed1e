import { failure, type Schema, type Sink, type SinkOutcome } from '@millrace/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';
import { batchOfRows, byIdentifier, SUITE_SCHEMA, sampleRows, type TableRow } from './table-rows.ts';

/** A sink to try, for a table of the suite's schema without rows. */
export interface SinkSubject {
  readonly sink: Sink;
  /** All rows that a reader who comes now finds, fields in the schema's order; from storage, not from what the sink remembers. */
  rows(): Promise<readonly TableRow[]>;
  /** Another writer of the same table, as in another process. */
  another?(): Promise<Sink> | Sink;
  close?(): Promise<void> | void;
}

/**
 * The laws of `Sink` as tests: staging shows nothing, a commit is a compare-and-set on one application's progress, and what was committed is there
 * once, with its contents.
 *
 *     sinkSuite('delta', async (schema) => { const table = await DeltaTable.create(...); return { sink: table, rows: () => readAll(...) }; });
 */
export function sinkSuite(
  name: string,
  create: (schema: Schema) => Promise<SinkSubject> | SinkSubject,
  budget: SuiteBudget = {},
): void {
  describe(`sink: ${name}`, () => {
    const opened: SinkSubject[] = [];
    const subject = async (): Promise<SinkSubject> => {
      const one = await create(SUITE_SCHEMA);
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close?.();
    });
    staging(subject);
    progress(subject);
    racing(subject);
    it('has each unit once, whatever is committed again, late or by another writer', async () => {
      await assertProperty(budget, 15, fc.array(units, { maxLength: 10 }), async (list) =>
        runModel(await subject(), list),
      );
    });
  });
}

type Open = () => Promise<SinkSubject>;
const APP = 'writer-1';

/** Stages and commits rows as one unit. */
async function append(
  sink: Sink,
  rows: readonly TableRow[],
  unit: { readonly appId?: string; readonly from: bigint; readonly version: bigint },
): Promise<SinkOutcome> {
  const staged = await sink.stage([batchOfRows(SUITE_SCHEMA, rows)]);
  return sink.commit(staged, { appId: APP, ...unit });
}

function staging(subject: Open): void {
  it('shows nothing of what is only staged', async () => {
    const { sink, rows } = await subject();
    const staged = await sink.stage([batchOfRows(SUITE_SCHEMA, sampleRows(3))]);
    expect([staged.rowCount, await rows(), await sink.progress(APP)]).toEqual([3, [], -1n]);
    await sink.discard(staged);
    expect(await rows()).toEqual([]);
  });

  it('shows all of a commit, from several batches, with its contents', async () => {
    const { sink, rows } = await subject();
    const [some, more] = [sampleRows(40), sampleRows(5, 41)];
    async function* batches() {
      yield batchOfRows(SUITE_SCHEMA, some);
      yield batchOfRows(SUITE_SCHEMA, more);
    }
    const staged = await sink.stage(batches());
    expect(staged.rowCount).toBe(45);
    expect(await sink.commit(staged, { appId: APP, from: -1n, version: 1n })).toMatchObject({ status: 'committed' });
    expect(byIdentifier(await rows())).toEqual([...some, ...more]);
  });

  it('moves progress without rows', async () => {
    const { sink, rows } = await subject();
    expect((await append(sink, [], { from: -1n, version: 4n })).status).toBe('committed');
    expect([await sink.progress(APP), await rows()]).toEqual([4n, []]);
  });

  it('never removes what is committed, when asked to discard it', async () => {
    const { sink, rows } = await subject();
    const staged = await sink.stage([batchOfRows(SUITE_SCHEMA, sampleRows(2))]);
    await sink.commit(staged, { appId: APP, from: -1n, version: 1n });
    await sink.discard(staged);
    expect(byIdentifier(await rows())).toEqual(sampleRows(2));
  });

  it('hands on the error of its input, and shows nothing of it', async () => {
    const { sink, rows } = await subject();
    const broken = failure('ioError', { message: 'the input broke' });
    async function* batches() {
      yield batchOfRows(SUITE_SCHEMA, sampleRows(1));
      throw broken;
    }
    await expect(sink.stage(batches())).rejects.toBe(broken);
    await expect(sink.stage([batchOfRows(SUITE_SCHEMA, sampleRows(1))], AbortSignal.abort())).rejects.toBeDefined();
    expect([await rows(), await sink.progress(APP)]).toEqual([[], -1n]);
  });
}

function progress(subject: Open): void {
  it('keeps progress by application', async () => {
    const { sink, rows } = await subject();
    const [one, two] = [sampleRows(2), sampleRows(2, 3)];
    expect(await sink.progress(APP)).toBe(-1n);
    await append(sink, one, { from: -1n, version: 7n });
    await append(sink, two, { appId: 'writer-2', from: -1n, version: 3n });
    expect([await sink.progress(APP), await sink.progress('writer-2'), await sink.progress('writer-3')]).toEqual([
      7n,
      3n,
      -1n,
    ]);
    expect(byIdentifier(await rows())).toEqual([...one, ...two]);
  });

  it('answers applied for a unit that is there, and adds nothing', async () => {
    const { sink, rows } = await subject();
    await append(sink, sampleRows(2), { from: -1n, version: 7n });
    for (const version of [7n, 5n]) {
      expect((await append(sink, sampleRows(2), { from: -1n, version })).status).toBe('applied');
    }
    expect(byIdentifier(await rows())).toEqual(sampleRows(2));
  });

  it('answers superseded where an earlier attempt is in the way, and behind where progress was set back', async () => {
    const { sink, rows } = await subject();
    await append(sink, sampleRows(2), { from: -1n, version: 3n });
    expect(await append(sink, sampleRows(4), { from: -1n, version: 5n })).toEqual({
      status: 'superseded',
      progress: 3n,
    });
    expect(await append(sink, sampleRows(4), { from: 4n, version: 6n })).toEqual({ status: 'behind', progress: 3n });
    expect([await sink.progress(APP), byIdentifier(await rows())]).toEqual([3n, sampleRows(2)]);
    expect((await append(sink, sampleRows(2, 3), { from: 3n, version: 5n })).status).toBe('committed');
    expect(byIdentifier(await rows())).toEqual(sampleRows(4));
  });

  it('answers table versions that grow', async () => {
    const { sink } = await subject();
    const versions: bigint[] = [];
    for (let unit = 0n; unit < 3n; unit++) {
      const outcome = await append(sink, sampleRows(1, Number(unit) + 1), { from: unit - 1n, version: unit });
      if (outcome.status === 'committed') versions.push(outcome.tableVersion);
    }
    expect(versions).toHaveLength(3);
    expect([...versions].sort((a, b) => Number(a - b))).toEqual(versions);
    expect(new Set(versions).size).toBe(3);
  });
}

function racing(subject: Open): void {
  it('lets one of two writers of the same unit win', async () => {
    const one = await subject();
    const other = (await one.another?.()) ?? one.sink;
    const outcomes = await Promise.all(
      [one.sink, other].map((sink) => append(sink, sampleRows(3), { from: -1n, version: 2n })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['applied', 'committed']);
    expect(byIdentifier(await one.rows())).toEqual(sampleRows(3));
  });

  it('takes units of different applications side by side', async () => {
    const one = await subject();
    const other = (await one.another?.()) ?? one.sink;
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        append(i % 2 === 0 ? one.sink : other, sampleRows(2, 2 * i + 1), { appId: `app-${i}`, from: -1n, version: 1n }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'committed'));
    expect(byIdentifier(await one.rows())).toEqual(sampleRows(12));
  });
}

interface Unit {
  readonly app: number;
  readonly from: number;
  readonly length: number;
  readonly isOther: boolean;
}
/** Progress stays small, so that units meet; `from` is relative to what is true. */
const units: fc.Arbitrary<Unit> = fc.record({
  app: fc.nat({ max: 1 }),
  from: fc.constantFrom(0, 0, 0, -1, 1),
  length: fc.integer({ min: 1, max: 2 }),
  isOther: fc.boolean(),
});

async function runModel(subject: SinkSubject, list: readonly Unit[]): Promise<void> {
  const other = (await subject.another?.()) ?? subject.sink;
  const applied = new Map<string, bigint>();
  const expected: TableRow[] = [];
  for (const { app, from: shift, length, isOther } of list) {
    const appId = `app-${app}`;
    const now = applied.get(appId) ?? -1n;
    const from = now + BigInt(shift) < -1n ? -1n : now + BigInt(shift);
    const version = from + BigInt(length);
    const rows = sampleRows(2, expected.length + 1);
    const outcome = await append(isOther ? other : subject.sink, rows, { appId, from, version });
    const status = from === now ? 'committed' : now >= version ? 'applied' : now > from ? 'superseded' : 'behind';
    expect(outcome).toMatchObject(
      status === 'committed' || status === 'applied' ? { status } : { status, progress: now },
    );
    if (status === 'committed') {
      applied.set(appId, version);
      expected.push(...rows);
    }
    expect(await subject.sink.progress(appId)).toBe(applied.get(appId) ?? -1n);
  }
  expect(byIdentifier(await subject.rows())).toEqual(expected);
}
