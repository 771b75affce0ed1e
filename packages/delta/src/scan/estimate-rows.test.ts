import { expect, it } from 'vitest';
import type { AddFile } from '../log/actions.ts';
import { LayeredMap } from '../snapshot/layered-map.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { estimateRows } from './estimate-rows.ts';

function snapshotOf(...stats: readonly (string | undefined)[]): Snapshot {
  const files = stats.map((text, i): [string, AddFile] => {
    const file = { path: `${i}`, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true };
    return [file.path, text === undefined ? file : { ...file, stats: text }];
  });
  return { files: LayeredMap.of(new Map(files)) } as Partial<Snapshot> as Snapshot;
}

it('sums what the files say; those that say nothing count as the average one', () => {
  expect(estimateRows(snapshotOf())).toBe(0);
  expect(estimateRows(snapshotOf('{"numRecords":10,"minValues":{}}', '{"numRecords" : 30}'))).toBe(40);
  expect(estimateRows(snapshotOf('{"numRecords":10}', '{"numRecords":30}', undefined, '{"minValues":{"a":1}}'))).toBe(
    80,
  );
  expect(estimateRows(snapshotOf(undefined, 'not json'))).toBeUndefined();
});
