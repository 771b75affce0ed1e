import type { FormatSettings } from '../ports/query-handler.ts';

/** PostgreSQL's defaults with TimeZone UTC: what a session starts with, and what stored text (defaults, partition values) is written in. */
export const DEFAULT_FORMAT: FormatSettings = Object.freeze({
  timeZone: 'UTC',
  dateStyle: 'ISO',
  intervalStyle: 'postgres',
  byteaOutput: 'hex',
  extraFloatDigits: 1,
});
