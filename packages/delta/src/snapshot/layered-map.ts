/** Changes above the base are folded into a new base when they outgrow this part of it (and a minimum, for small tables). */
const FOLD_FRACTION = 8;
const FOLD_MIN = 256;

/**
 * An immutable map that is cheap to change a little: a shared base, and the entries that differ from it (null = removed). A snapshot
 * of 100,000 files that gains one shares all of them with its predecessor; the changes are copied, the base is not.
 */
export class LayeredMap<V extends object> {
  readonly size: number;
  readonly #base: ReadonlyMap<string, V>;
  readonly #changes: ReadonlyMap<string, V | null>;

  private constructor(base: ReadonlyMap<string, V>, changes: ReadonlyMap<string, V | null>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.size = size;
  }

  /** Takes the map over; the caller does not change it afterwards. */
  static of<V extends object>(base: ReadonlyMap<string, V>): LayeredMap<V> {
    return new LayeredMap(base, new Map(), base.size);
  }

  get(key: string): V | undefined {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#base.get(key) : (changed ?? undefined);
  }

  *values(): Generator<V, void, void> {
    for (const [key, value] of this.#base) if (!this.#changes.has(key)) yield value;
    for (const value of this.#changes.values()) if (value !== null) yield value;
  }

  /** The map with these entries set, or removed where null. */
  with(entries: ReadonlyMap<string, V | null>): LayeredMap<V> {
    if (entries.size === 0) return this;
    const changes = new Map(this.#changes);
    let size = this.size;
    for (const [key, value] of entries) {
      size += (value === null ? 0 : 1) - (this.get(key) === undefined ? 0 : 1);
      // Deleted first, so that what came last is listed last.
      changes.delete(key);
      if (value !== null || this.#base.has(key)) changes.set(key, value);
    }
    if (changes.size <= Math.max(FOLD_MIN, this.#base.size / FOLD_FRACTION)) {
      return new LayeredMap(this.#base, changes, size);
    }
    const base = new Map(this.#base);
    for (const [key, value] of changes) {
      base.delete(key);
      if (value !== null) base.set(key, value);
    }
    return LayeredMap.of(base);
  }
}
