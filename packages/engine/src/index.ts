export { StoredCatalog } from './catalog/stored-catalog.ts';
export { Engine } from './engine.ts';
export { createEngine, type EngineBuilder, type Plugin } from './engine-builder.ts';
export {
  type ArrowRecordBatch,
  type ArrowTable,
  type Client,
  type ClientResult,
  type ClientStream,
  openClient,
} from './library/client.ts';
export type { EngineEnvironment, EngineServices } from './services.ts';
export { SERVER_VERSION, SETTING_DEFINITIONS, type SettingDefinition } from './settings/definitions.ts';
export type { Procedure } from './statements/procedures.ts';
export { defineSystemTable, type SystemTable, type SystemTableContext } from './system-tables/system-table.ts';
