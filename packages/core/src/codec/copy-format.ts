/** How COPY writes rows (PostgreSQL manual, COPY, "File Formats"). The characters are single ASCII bytes. */
export interface CopyFormat {
  readonly format: 'text' | 'csv' | 'binary';
  readonly delimiter: string;
  /** What stands for NULL; not in binary. */
  readonly nullText: string;
  /** Whether a first line names the columns; not in binary. */
  readonly header: boolean;
  /** csv only. */
  readonly quote: string;
  /** csv only: what precedes a quote, or itself, inside quotes. */
  readonly escape: string;
  /** csv only: positions of columns whose values are always quoted. */
  readonly forceQuote: ReadonlySet<number>;
}

/** How COPY ... FROM reads rows. The characters are single ASCII bytes; positions count the columns that are copied. */
export interface CopyInputFormat {
  readonly format: 'text' | 'csv' | 'binary';
  readonly delimiter: string;
  readonly nullText: string;
  /** The first line: data, passed over, or compared with the columns' names. */
  readonly header: 'none' | 'skip' | 'match';
  readonly quote: string;
  readonly escape: string;
  /** csv only: columns where a quoted NULL text is NULL too. */
  readonly forceNull: ReadonlySet<number>;
  /** csv only: columns where the NULL text is a value. */
  readonly forceNotNull: ReadonlySet<number>;
  /** ON_ERROR ignore: rows with a value that its type does not take are left out. */
  readonly skipsBadRows: boolean;
}
