import type { SeededRandom } from './seeded-random.ts';

/** What survives of everything that no sync confirmed: nothing, all, the part before a random point, or random pieces. */
export type CrashMode = 'none' | 'all' | 'prefix' | 'random';

/** What a disk writes as one: a sector is old or new after a crash, never mixed. */
const SECTOR_BYTES = 512;

/** A file's contents twice: as the running system reads it (page cache), and as the disk has it. */
export class SimFile {
  #volatile: Uint8Array = new Uint8Array(0);
  #volatileSize = 0;
  #durable: Uint8Array = new Uint8Array(0);
  /** Sectors that the page cache knows to be newer than the disk. */
  readonly #dirty: Set<number> = new Set();
  #isSizeDirty = false;

  get size(): number {
    return this.#volatileSize;
  }

  read(position: number, length: number): Uint8Array {
    return this.#volatile.slice(
      Math.min(position, this.#volatileSize),
      Math.min(position + length, this.#volatileSize),
    );
  }

  writeAt(position: number, bytes: Uint8Array): void {
    const end = position + bytes.byteLength;
    this.#grow(end);
    this.#volatile.set(bytes, position);
    if (end > this.#volatileSize) {
      this.#volatileSize = end;
      this.#isSizeDirty = true;
    }
    this.#markDirty(position, end);
  }

  truncate(size: number): void {
    this.#grow(size);
    this.#volatile.fill(0, size);
    this.#volatileSize = size;
    this.#isSizeDirty = true;
    // The rest of the last sector reads as zeros now; sectors beyond the end have nothing to write any more.
    for (const sector of [...this.#dirty]) if (sector * SECTOR_BYTES >= size) this.#dirty.delete(sector);
    if (size % SECTOR_BYTES !== 0) this.#markDirty(size - 1, size);
  }

  /** A sync that worked: what the cache knows to be newer reaches the disk. */
  persist(): void {
    const durable = resized(this.#durable, this.#volatileSize);
    for (const sector of this.#dirty) copySector(this.#volatile, durable, sector);
    this.#durable = durable;
    this.#dirty.clear();
    this.#isSizeDirty = false;
  }

  /** A sync that failed: the kernel forgets that the pages are dirty. Reads still see them, no later sync writes them. */
  dropDirty(): void {
    this.#dirty.clear();
  }

  /** Power loss. */
  crash(mode: CrashMode, random: SeededRandom): void {
    const dirty = [...this.#dirty].sort((a, b) => a - b);
    const kept = dirty.slice(0, mode === 'prefix' ? random.integer(dirty.length + 1) : dirty.length);
    const survivors = new Set(mode === 'none' ? [] : mode === 'random' ? kept.filter(() => random.chance(0.5)) : kept);
    const size = this.#sizeAfterCrash(mode, survivors, random);
    const after = resized(this.#durable, size);
    for (const sector of survivors) copySector(this.#volatile, after, sector);
    this.#durable = after;
    this.#volatile = after.slice();
    this.#volatileSize = size;
    this.#dirty.clear();
    this.#isSizeDirty = false;
  }

  #sizeAfterCrash(mode: CrashMode, survivors: ReadonlySet<number>, random: SeededRandom): number {
    if (!this.#isSizeDirty || mode === 'none') return this.#durable.byteLength;
    if (mode === 'all') return this.#volatileSize;
    const keptEnd = Math.min(this.#volatileSize, (Math.max(-1, ...survivors) + 1) * SECTOR_BYTES);
    const grown = Math.max(this.#durable.byteLength, keptEnd);
    if (this.#volatileSize < this.#durable.byteLength) return random.chance(0.5) ? this.#volatileSize : grown;
    // The inode's size may reach the disk before the data: the file then ends in zeros.
    return mode === 'random' && random.chance(0.5) ? this.#volatileSize : grown;
  }

  #markDirty(start: number, end: number): void {
    for (let sector = Math.floor(start / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) this.#dirty.add(sector);
  }

  #grow(size: number): void {
    if (size > this.#volatile.byteLength)
      this.#volatile = resized(this.#volatile, Math.max(size, 2 * this.#volatile.byteLength));
  }
}

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(size);
  copy.set(bytes.subarray(0, Math.min(size, bytes.byteLength)));
  return copy;
}

function copySector(from: Uint8Array, to: Uint8Array, sector: number): void {
  const start = sector * SECTOR_BYTES;
  const end = Math.min(start + SECTOR_BYTES, from.byteLength, to.byteLength);
  if (end > start) to.set(from.subarray(start, end), start);
}
