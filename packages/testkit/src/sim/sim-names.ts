import type { SeededRandom } from './seeded-random.ts';
import type { CrashMode, SimFile } from './sim-file.ts';

/** A directory: the entries that a reader sees, and those the disk has. */
export interface SimDirectory {
  readonly kind: 'directory';
  readonly entries: Map<string, SimNode>;
  durable: Map<string, SimNode>;
}
/** A name that means a file. */
export interface SimFileNode {
  readonly kind: 'file';
  readonly file: SimFile;
}
/** What a name means. */
export type SimNode = SimDirectory | SimFileNode;

interface NameChange {
  readonly directory: SimDirectory;
  readonly name: string;
  /** null = the entry is removed. */
  readonly node: SimNode | null;
}

/** The tree of names. A change is seen at once and durable after a sync of its directory; a rename is one change. */
export class SimNames {
  readonly root: SimDirectory = newDirectory();
  #pending: (readonly NameChange[])[] = [];

  /** undefined if there is no such entry. `.` and empty parts of a path mean nothing. */
  lookup(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root;
    for (const part of partsOf(path)) {
      if (node?.kind !== 'directory') return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  /** The directory that holds the path's last part, and that part. */
  parentOf(path: string): { readonly directory: SimDirectory | undefined; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop() ?? '';
    const parent = this.lookup(parts.join('/'));
    return { directory: parent?.kind === 'directory' ? parent : undefined, name };
  }

  apply(changes: readonly NameChange[]): void {
    for (const change of changes) set(change.directory.entries, change);
    this.#pending.push(changes);
  }

  /** Every pending change that touches the directory reaches the disk, in order. */
  persist(directory: SimDirectory): void {
    this.#pending = this.#pending.filter((changes) => {
      if (!changes.some((change) => change.directory === directory)) return true;
      for (const change of changes) set(change.directory.durable, change);
      return false;
    });
  }

  /** Power loss for all names and contents. */
  crash(mode: CrashMode, random: SeededRandom): void {
    const count = mode === 'prefix' ? random.integer(this.#pending.length + 1) : this.#pending.length;
    this.#pending.slice(0, count).forEach((changes) => {
      if (mode === 'none' || (mode === 'random' && random.chance(0.5))) return;
      for (const change of changes) set(change.directory.durable, change);
    });
    this.#pending = [];
    forget(this.root, mode, random, new Set());
  }
}

/** A directory without entries. */
export function newDirectory(): SimDirectory {
  return { kind: 'directory', entries: new Map(), durable: new Map() };
}

function forget(directory: SimDirectory, mode: CrashMode, random: SeededRandom, seen: Set<SimNode>): void {
  directory.entries.clear();
  for (const [name, node] of directory.durable) {
    directory.entries.set(name, node);
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'file') node.file.crash(mode, random);
    else forget(node, mode, random, seen);
  }
}

function set(entries: Map<string, SimNode>, change: NameChange): void {
  if (change.node === null) entries.delete(change.name);
  else entries.set(change.name, change.node);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
