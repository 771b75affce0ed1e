import { grown } from '../aggregates/group-arrays.ts';
import { visitFrame } from './frames.ts';
import type { KeptRows } from './kept-rows.ts';
import type { WindowInput } from './window-aggregate.ts';

/** The kept rows of some frames, one frame behind the other, and the number of the frame for each. */
export class FrameRows {
  rows: Int32Array = new Int32Array(0);
  groupIds: Int32Array = new Int32Array(0);
  rowCount: number = 0;
  /** How many frames. */
  count: number = 0;

  /** The frame of row i. */
  add({ partitions, frames }: WindowInput, { before }: KeptRows, i: number): void {
    visitFrame(frames, partitions, i, (start, end) => {
      const from = before[start] as number;
      const to = before[end] as number;
      this.rows = grown(this.rows, this.rowCount + to - from);
      this.groupIds = grown(this.groupIds, this.rowCount + to - from);
      for (let row = from; row < to; row++) {
        this.rows[this.rowCount] = row;
        this.groupIds[this.rowCount++] = this.count;
      }
    });
    this.count++;
  }
}
