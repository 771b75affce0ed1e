import { type Column, type Expr, mapSame } from '@millrace/core';

/** A column and the call that computes it over the rows of a window. */
export interface WindowCall {
  readonly column: Column;
  /** Id of a window function's signature (`rank()`, `lag(anyelement)`) or of an aggregate's (`count(*)`, `sum(int4)`). */
  readonly fn: string;
  readonly args: readonly Expr[];
  /** Aggregates only: rows of the frame for which it is not TRUE are left out. */
  readonly filter: Expr | null;
}

/**
 * Which rows of its partition an aggregate, first_value, last_value or nth_value sees from a row: from `start` to `end` in the order of
 * the window, without what `exclude` names. Other window functions see the partition.
 */
export interface WindowFrame {
  /** What an offset counts: rows, differences of the one sort key, groups of peers. In `rows` the current row is the row, else its peers. */
  readonly mode: 'rows' | 'range' | 'groups';
  readonly start: FrameBound;
  readonly end: FrameBound;
  /** `ties`: the current row's peers, but not the row itself. */
  readonly exclude: 'nothing' | 'current-row' | 'group' | 'ties';
}
/**
 * One end of a frame. An offset is a row expression without columns of its level, evaluated once: int8 in `rows` and `groups`; in `range`
 * what can be added to the sort key (of its type, or an interval). NULL is 22004, a negative one 22013.
 */
export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'current-row' | 'unbounded-following' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expr };

/** The frame of a window that names none: from the partition's first row to the current row's last peer. */
export const DEFAULT_FRAME: WindowFrame = Object.freeze({
  mode: 'range',
  start: Object.freeze({ kind: 'unbounded-preceding' }),
  end: Object.freeze({ kind: 'current-row' }),
  exclude: 'nothing',
});

/** The offsets of a frame. */
export function frameOffsets(frame: WindowFrame): readonly Expr[] {
  return [frame.start, frame.end].flatMap((bound) => ('offset' in bound ? [bound.offset] : []));
}

/** Maps a call's arguments and filter. Identity is kept where nothing changed. */
export function mapWindowCall(call: WindowCall, f: (expr: Expr) => Expr): WindowCall {
  const args = mapSame(call.args, f);
  const filter = call.filter === null ? null : f(call.filter);
  return args === call.args && filter === call.filter ? call : { ...call, args, filter };
}

/** Maps a frame's offsets. Identity is kept where nothing changed. */
export function mapFrame(frame: WindowFrame, f: (expr: Expr) => Expr): WindowFrame {
  const [start, end] = [mapBound(frame.start, f), mapBound(frame.end, f)];
  return start === frame.start && end === frame.end ? frame : { ...frame, start, end };
}

function mapBound(bound: FrameBound, f: (expr: Expr) => Expr): FrameBound {
  if (!('offset' in bound)) return bound;
  const offset = f(bound.offset);
  return offset === bound.offset ? bound : { ...bound, offset };
}

/** A frame as SQL writes it; the default one as nothing. */
export function printFrame(frame: WindowFrame, print: (expr: Expr) => string): string {
  const bound = (one: FrameBound): string =>
    'offset' in one ? `${print(one.offset)} ${one.kind}` : one.kind.replace('-', ' ');
  const exclude = frame.exclude === 'nothing' ? '' : ` exclude ${frame.exclude.replace('-', ' ')}`;
  const isDefault =
    frame.mode === 'range' && frame.start.kind === 'unbounded-preceding' && frame.end.kind === 'current-row';
  if (isDefault && exclude === '') return '';
  return `${frame.mode} between ${bound(frame.start)} and ${bound(frame.end)}${exclude}`;
}
