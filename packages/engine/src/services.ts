import type {
  CatalogTable,
  Clock,
  FunctionCatalog,
  IngestHook,
  MemoryBudget,
  Metrics,
  ObjectStore,
  Random,
  TableStorage,
  TransactionStore,
} from '@millrace/core';
import type { ExecRegistry } from '@millrace/exec';
import type { Optimizer, SqlFrontend } from '@millrace/planner';
import type { StoredCatalog } from './catalog/stored-catalog.ts';
import type { TableMemory } from './funnel/after-hooks.ts';
import type { LiteralTemplates } from './lift/literal-templates.ts';
import type { PlanCache } from './prepare/plan-cache.ts';
import type { Procedure } from './statements/procedures.ts';
import type { SystemTable } from './system-tables/system-table.ts';

/** What a deployment gives an engine: the world, where rows go, where the catalog is kept. */
export interface EngineEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly memory: MemoryBudget;
  readonly transactionStore: TransactionStore;
  readonly tableStorage: TableStorage;
  /** Holds `catalog/`; may be the tables' store. */
  readonly objectStore: ObjectStore;
}

/** Everything sessions share. Immutable once the engine is built, but for the state inside the services. */
export interface EngineServices extends EngineEnvironment {
  readonly frontend: SqlFrontend;
  /** Scalar, aggregate and table functions, for the binder. */
  readonly functions: FunctionCatalog;
  readonly registry: ExecRegistry;
  readonly optimizer: Optimizer;
  readonly catalog: StoredCatalog;
  readonly planCache: PlanCache;
  readonly literalTemplates: LiteralTemplates;
  /** By `schema.name`. */
  readonly systemTables: ReadonlyMap<string, SystemTable>;
  /** Their catalog entries, under the same keys. */
  readonly systemCatalog: ReadonlyMap<string, CatalogTable>;
  readonly procedures: ReadonlyMap<string, Procedure>;
  readonly hooks: readonly IngestHook[];
  /** The tables of rows that after-hooks have not seen yet. */
  readonly tableMemory: TableMemory;
  readonly settingDefaults: ReadonlyMap<string, string>;
  readonly databaseName: string;
}
