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
