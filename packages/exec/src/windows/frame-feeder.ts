import { type ColumnVector, gatherVector } from '@millrace/core';
import type { Accumulator } from '../aggregates/definition.ts';
import { grown } from '../aggregates/group-arrays.ts';
import { visitFrame } from './frames.ts';
import type { KeptRows } from './kept-rows.ts';
import type { WindowInput } from './window-aggregate.ts';

/** Hands frames to accumulators, each frame as a group of its own. One serves all steps of an execution, so that its memory is made once. */
export interface FrameFeeder {
  /** Starts over with an empty accumulator. */
  begin(accumulator: Accumulator): void;
  /** The frame of row i is the next group. */
  add(i: number): void;
  /** Hands over what is left. */
  end(): void;
  /** Rows and frames since `begin`. */
  readonly rowCount: number;
  readonly frameCount: number;
}

/** In the way that the accumulator allows: where `update` honours `from`, rows stay where they are. */
export function frameFeeder(accumulator: Accumulator, input: WindowInput, kept: KeptRows): FrameFeeder {
  return accumulator.value === undefined ? new GatheredFrames(input, kept) : new FramesInPlace(input, kept);
}

class FramesInPlace implements FrameFeeder {
  readonly #input: WindowInput;
  readonly #kept: KeptRows;
  readonly #groupIds: Int32Array;
  #accumulator: Accumulator | null = null;
  rowCount: number = 0;
  frameCount: number = 0;

  constructor(input: WindowInput, kept: KeptRows) {
    this.#input = input;
    this.#kept = kept;
    this.#groupIds = new Int32Array(kept.partitionOf.length);
  }

  begin(accumulator: Accumulator): void {
    this.#accumulator = accumulator;
    this.rowCount = 0;
    this.frameCount = 0;
  }

  add(i: number): void {
    const { before, args } = this.#kept;
    this.#accumulator?.resize(this.frameCount + 1);
    visitFrame(this.#input.frames, this.#input.partitions, i, (start, end) => {
      const from = before[start] as number;
      const to = before[end] as number;
      this.#groupIds.fill(this.frameCount, from, to);
      this.#accumulator?.update(this.#groupIds, args, to, from);
      this.rowCount += to - from;
    });
    this.frameCount++;
  }

  end(): void {}
}

class GatheredFrames implements FrameFeeder {
  readonly #input: WindowInput;
  readonly #kept: KeptRows;
  #accumulator: Accumulator | null = null;
  #rows: Int32Array = new Int32Array(0);
  #groupIds: Int32Array = new Int32Array(0);
  rowCount: number = 0;
  frameCount: number = 0;

  constructor(input: WindowInput, kept: KeptRows) {
    this.#input = input;
    this.#kept = kept;
  }

  begin(accumulator: Accumulator): void {
    this.#accumulator = accumulator;
    this.rowCount = 0;
    this.frameCount = 0;
  }

  add(i: number): void {
    const { before } = this.#kept;
    visitFrame(this.#input.frames, this.#input.partitions, i, (start, end) => {
      const from = before[start] as number;
      const to = before[end] as number;
      this.#rows = grown(this.#rows, this.rowCount + to - from);
      this.#groupIds = grown(this.#groupIds, this.rowCount + to - from);
      this.#groupIds.fill(this.frameCount, this.rowCount, this.rowCount + to - from);
      for (let row = from; row < to; row++) this.#rows[this.rowCount++] = row;
    });
    this.frameCount++;
  }

  end(): void {
    const args = this.#kept.args.map((arg): ColumnVector => gatherVector(arg, this.#rows, this.rowCount));
    this.#accumulator?.resize(this.frameCount);
    this.#accumulator?.update(this.#groupIds, args, this.rowCount);
  }
}
