/** Every limit of the product, with its unit in its name. Settings may lower most of them. */
export interface Limits {
  readonly sqlBytesMax: number;
  readonly nestingDepthMax: number;
  readonly messageBytesMax: number;
  readonly startupBytesMax: number;
  readonly parametersMax: number;
  readonly connectionsMax: number;
  readonly preparedStatementsMax: number;
  readonly portalsMax: number;
  readonly columnsMax: number;
  readonly identifierBytesMax: number;
  readonly fieldBytesMax: number;
  readonly planCacheEntriesMax: number;
  readonly planCacheCharactersMax: number;
  readonly liftedQueryCharactersMax: number;
  readonly literalTemplatesMax: number;
  readonly literalTemplateCharactersMax: number;
  readonly customSettingsMax: number;
  readonly ruleApplicationsMax: number;
  readonly resultBufferBytesMax: number;
  readonly batchRows: number;
  readonly authenticationTimeoutMs: number;
  readonly droppedTablesMax: number;
  readonly walRecordBytesMax: number;
  readonly walSegmentBytes: number;
}

/** The defaults. */
export const LIMITS: Limits = Object.freeze({
  sqlBytesMax: 64 * 1024 * 1024,
  nestingDepthMax: 500,
  messageBytesMax: 256 * 1024 * 1024,
  startupBytesMax: 10_000,
  parametersMax: 65_535,
  connectionsMax: 512,
  preparedStatementsMax: 10_000,
  portalsMax: 10_000,
  columnsMax: 1_600,
  identifierBytesMax: 63,
  fieldBytesMax: 256 * 1024 * 1024,
  planCacheEntriesMax: 1_000,
  planCacheCharactersMax: 16 * 1024 * 1024,
  liftedQueryCharactersMax: 64 * 1024,
  literalTemplatesMax: 1_000,
  literalTemplateCharactersMax: 4 * 1024 * 1024,
  customSettingsMax: 1_000,
  ruleApplicationsMax: 10_000,
  resultBufferBytesMax: 64 * 1024,
  batchRows: 1_024,
  authenticationTimeoutMs: 60_000,
  droppedTablesMax: 1_000,
  walRecordBytesMax: 512 * 1024 * 1024,
  walSegmentBytes: 64 * 1024 * 1024,
});
