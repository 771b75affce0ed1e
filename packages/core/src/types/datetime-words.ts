/** The words of PostgreSQL's date/time input, in lower case. */

/** Months by name and abbreviation, 1..12. */
export const MONTHS: ReadonlyMap<string, number> = new Map(
  'january february march april may june july august september october november december'
    .split(' ')
    .flatMap((name, k): [string, number][] => [
      [name, k + 1],
      [name.slice(0, 3), k + 1],
      ...(name === 'september' ? ([['sept', 9]] as [string, number][]) : []),
    ]),
);
/** Names of days; they are read and ignored. */
export const DAY_NAMES: ReadonlySet<string> = new Set(
  'sunday monday tuesday wednesday thursday friday saturday sun mon tue tues wed weds thu thur thurs fri sat'.split(
    ' ',
  ),
);
/** Abbreviations of PostgreSQL's Default set that people write, in hours east of UTC. */
export const ABBREVIATIONS: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  ut: 0,
  zulu: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  met: 1,
  mest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  ist: 2,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
  ast: -4,
  adt: -3,
  nst: -3.5,
  ndt: -2.5,
  jst: 9,
  kst: 9,
  hkt: 8,
  aest: 10,
  aedt: 11,
  acst: 9.5,
  awst: 8,
  nzst: 12,
  nzdt: 13,
  sgt: 8,
  pht: 8,
  pkt: 5,
};
/** Words that stand for a moment. */
export const SPECIALS: ReadonlySet<string> = new Set(['epoch', 'now', 'today', 'tomorrow', 'yesterday']);
