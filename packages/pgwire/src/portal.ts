import {
  type CommandTag,
  failure,
  type ParameterValue,
  type PreparedStatement,
  type RecordBatch,
  type StatementResult,
} from '@millrace/core';

/** A bound statement: its parameters, the formats of its columns, and how far it has been read. */
export interface Portal {
  readonly name: string;
  readonly statement: PreparedStatement;
  readonly parameters: readonly ParameterValue[];
  /** One code a column; not checked before Execute, as in PostgreSQL. */
  readonly formats: readonly number[];
  /** Aborted by CancelRequest while an Execute of this portal runs. */
  readonly abort: AbortController;
  /** Null before the first Execute. */
  cursor: RowCursor | null;
  /** Its transaction failed while it was open: it cannot run again. */
  isFailed: boolean;
  /** Set when the statement completed. */
  tag: CommandTag | null;
}

/** Where reading of a result stands. */
export interface RowCursor {
  readonly result: StatementResult;
  batch: RecordBatch | null;
  /** The next row of `batch`. */
  row: number;
}

/** A cursor before the first row. */
export function cursorOf(result: StatementResult): RowCursor {
  return { result, batch: null, row: 0 };
}

/** A session's portals. All of them end with their transaction; what they hold is released then. */
export class PortalSet {
  readonly #portals = new Map<string, Portal>();
  readonly #portalsMax: number;

  constructor(portalsMax: number) {
    this.#portalsMax = portalsMax;
  }

  /** 42P03 if there is a portal of this name, 53400 if there are too many. */
  requireRoom(name: string): void {
    if (this.#portals.has(name)) throw failure('duplicatePortal', { name });
    if (this.#portals.size >= this.#portalsMax) {
      throw failure('configurationLimit', { message: `a session may hold ${this.#portalsMax} portals; close some` });
    }
  }

  /** Adds a portal for whose name there is room. */
  add(portal: Portal): void {
    this.requireRoom(portal.name);
    this.#portals.set(portal.name, portal);
  }

  /** 34000 if there is none. */
  get(name: string): Portal {
    const portal = this.#portals.get(name);
    if (portal === undefined) throw failure('noSuchPortal', { name });
    return portal;
  }

  has(name: string): boolean {
    return this.#portals.has(name);
  }

  /** Succeeds also when there is none. */
  async close(name: string): Promise<void> {
    const portal = this.#portals.get(name);
    if (portal === undefined) return;
    this.#portals.delete(name);
    await release(portal);
  }

  /** The transaction failed, but its block is not over: the portals keep their names and lose what they hold. */
  async failAll(): Promise<void> {
    for (const portal of this.#portals.values()) {
      if (portal.cursor === null) continue;
      await release(portal);
      portal.isFailed = true;
    }
  }

  /** The transaction ended. */
  async closeAll(): Promise<void> {
    const portals = [...this.#portals.values()];
    this.#portals.clear();
    for (const portal of portals) await release(portal);
  }
}

/** A suspended result is given up: its generator releases what it holds; `complete` is never called. */
async function release(portal: Portal): Promise<void> {
  if (portal.cursor === null || portal.tag !== null) return;
  portal.cursor.batch = null;
  // What went wrong in it has been reported, or nobody asked for it.
  await portal.cursor.result.batches.return().catch(() => undefined);
}
