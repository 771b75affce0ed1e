/**
 * The bytes of a COPY that have arrived and are not read yet, in one piece however they were cut. What was handed out stays as it is: bytes
 * are only ever written behind `end`, so rows may point into `bytes` until their batch is done.
 */
export class CopyWindow {
  /** Valid between `start` and `end`. A piece that follows read bytes is used where it lies. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** No more bytes will come. */
  isEnded = false;
  /** Whether `bytes` is the window's own memory, with room behind `end`. */
  #isOwn = false;

  get length(): number {
    return this.end - this.start;
  }

  /** Appends a piece. Returns by how much offsets into `bytes` moved down. */
  push(piece: Uint8Array): number {
    if (piece.length === 0) return 0;
    const before = this.start;
    if (this.length === 0) {
      this.bytes = piece;
      this.start = 0;
      this.end = piece.length;
      this.#isOwn = false;
      return before;
    }
    if (this.#isOwn && this.end + piece.length <= this.bytes.length) {
      this.bytes.set(piece, this.end);
      this.end += piece.length;
      return 0;
    }
    const length = this.length + piece.length;
    // Twice as much, so that a long row in many pieces is not moved for each of them.
    const grown = new Uint8Array(length + Math.min(length, this.length * 2));
    grown.set(this.bytes.subarray(this.start, this.end));
    grown.set(piece, this.length);
    this.bytes = grown;
    this.start = 0;
    this.end = length;
    this.#isOwn = true;
    return before;
  }

  /** Forgets what is left and whatever comes. */
  discard(): void {
    this.start = this.end;
  }
}
