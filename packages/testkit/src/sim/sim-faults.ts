/** What a file system is asked to do, as the journal and the fault scripts name it. */
export type SimOperationKind =
  | 'open'
  | 'read'
  | 'list'
  | 'stat'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'make-directory'
  | 'rename'
  | 'link'
  | 'remove'
  | 'remove-directory'
  | 'sync-directory'
  | 'lock';

/** One operation that happened. */
export interface SimOperation {
  /** Counts from 1, over all processes and crashes. */
  readonly index: number;
  readonly kind: SimOperationKind;
  readonly path: string;
}

/**
 * What goes wrong, once, at the nth operation (from 1, counted since the fault was set) that matches `kind` and `path` (a part of it).
 * `error`: the call fails with that code; a failed write leaves `partialBytes` of its bytes behind. `crash`: power is lost before or after it.
 */
export interface SimFault {
  readonly kind?: SimOperationKind;
  readonly path?: string;
  readonly nth?: number;
  /** True: every later match fails as well, until `heal`. */
  readonly isLasting?: boolean;
  readonly effect:
    | {
        readonly error: 'ENOSPC' | 'EIO' | 'EACCES' | 'EMFILE';
        readonly partialBytes?: number;
        /** The kernel had already written the partial bytes to the disk on its own. */
        readonly isWrittenBack?: boolean;
      }
    | { readonly crash: 'before' | 'after' };
}

/** The process does not exist any more: thrown by every call that an earlier life of it still makes. */
export class SimCrash extends Error {
  constructor() {
    super('the simulated machine has crashed');
    this.name = 'SimCrash';
  }
}

/** A script of faults and the journal of what happened. */
export class SimFaults {
  readonly journal: SimOperation[] = [];
  #active: { readonly fault: SimFault; matches: number }[] = [];

  set(faults: readonly SimFault[]): void {
    this.#active = faults.map((fault) => ({ fault, matches: 0 }));
  }

  /** Notes the operation and says what goes wrong with it. */
  next(kind: SimOperationKind, path: string): SimFault['effect'] | null {
    this.journal.push({ index: this.journal.length + 1, kind, path });
    for (const entry of this.#active) {
      const { fault } = entry;
      if (fault.kind !== undefined && fault.kind !== kind) continue;
      if (fault.path !== undefined && !path.includes(fault.path)) continue;
      entry.matches++;
      const nth = fault.nth ?? 1;
      if (entry.matches === nth || (fault.isLasting === true && entry.matches > nth)) return fault.effect;
    }
    return null;
  }
}

/** An error as the operating system's: `code` is what callers look at. */
class SystemError extends Error {
  readonly code: string;
  constructor(code: string, kind: string, path: string) {
    super(`${code}: ${kind} '${path}'`);
    this.name = 'SystemError';
    this.code = code;
  }
}

/** What a system call on a path fails with. */
export function systemError(code: string, kind: string, path: string): Error {
  return new SystemError(code, kind, path);
}
