import {
  createFunctionRegistry,
  type FunctionDefinition,
  failure,
  type IngestHook,
  LIMITS,
  standardFunctions,
} from '@millrace/core';
import {
  type AggregateDefinition,
  type ExecRegistry,
  type OperatorFactory,
  standardExecRegistry,
  type TableFunctionDefinition,
  type WindowFunctionDefinition,
} from '@millrace/exec';
import {
  type AnalyzerRule,
  type AnyRule,
  createOptimizer,
  libpgFrontend,
  replaceRule,
  type SqlFrontend,
  type SwitchableRule,
} from '@millrace/planner';
import { StoredCatalog } from './catalog/stored-catalog.ts';
import { Engine } from './engine.ts';
import { checkHooks, TableMemory } from './funnel/after-hooks.ts';
import { LiteralTemplates } from './lift/literal-templates.ts';
import { PlanCache } from './prepare/plan-cache.ts';
import type { EngineEnvironment } from './services.ts';
import { canonicalDefaults } from './settings/session-settings.ts';
import { type Procedure, STANDARD_PROCEDURES } from './statements/procedures.ts';
import { CATALOG_FUNCTIONS } from './system-tables/catalog-functions.ts';
import { CATALOG_TABLE_FUNCTIONS } from './system-tables/catalog-table-functions.ts';
import { STANDARD_SYSTEM_TABLES } from './system-tables/standard-system-tables.ts';
import type { SystemTable } from './system-tables/system-table.ts';

/** What a plug-in brings. Rules alone may also be given as a plain array. */
export interface Plugin {
  readonly name: string;
  readonly rules?: readonly SwitchableRule[];
  readonly policies?: readonly AnalyzerRule[];
  readonly functions?: readonly FunctionDefinition[];
  readonly hooks?: readonly IngestHook[];
  readonly procedures?: readonly Procedure[];
  readonly systemTables?: readonly SystemTable[];
  readonly frontend?: SqlFrontend;
  readonly aggregates?: readonly AggregateDefinition[];
  readonly windowFunctions?: readonly WindowFunctionDefinition[];
  readonly tableFunctions?: readonly TableFunctionDefinition[];
  /** Operators of extension nodes, by the node's name. */
  readonly operators?: ReadonlyMap<string, OperatorFactory>;
}

/** Assembles an engine; `build` orders, checks and freezes. Without rules it is the reference engine: correct, only slower. */
export interface EngineBuilder {
  /** A plug-in, a list of rules, or a front end: `use(portableFrontend())`. Of several front ends the last counts. */
  use(plugin: Plugin | readonly AnyRule[] | SqlFrontend): EngineBuilder;
  /** An analyzer pass: it may change meaning, and no session can switch it off. */
  policy(pass: AnalyzerRule): EngineBuilder;
  /** F0000 at `build` for a name that no rule has, with "did you mean". */
  disableRule(name: string): EngineBuilder;
  replaceRule(name: string, rule: SwitchableRule): EngineBuilder;
  orderRule(
    name: string,
    constraint: { readonly after?: readonly string[]; readonly before?: readonly string[] },
  ): EngineBuilder;
  verify(level: 'off' | 'schema' | 'full'): EngineBuilder;
  onRuleError(policy: 'fail' | 'skip'): EngineBuilder;
  /** The deployment's default of a session setting; at `build` refused as SET would. */
  setting(name: string, value: string): EngineBuilder;
  /** Opens the catalog, replays the log; resolves when the engine can serve. Once: a builder builds one engine, which later calls do not change. */
  build(): Promise<Engine>;
}

interface Draft {
  readonly rules: SwitchableRule[];
  readonly policies: AnalyzerRule[];
  readonly functions: FunctionDefinition[];
  readonly hooks: IngestHook[];
  readonly procedures: Procedure[];
  readonly systemTables: SystemTable[];
  readonly aggregates: AggregateDefinition[];
  readonly windowFunctions: WindowFunctionDefinition[];
  readonly tableFunctions: TableFunctionDefinition[];
  readonly operators: Map<string, OperatorFactory>;
  readonly disabled: string[];
  readonly replacements: (readonly [name: string, rule: SwitchableRule])[];
  readonly order: Map<string, { readonly after: readonly string[]; readonly before: readonly string[] }>;
  readonly settings: Map<string, string>;
  frontend: SqlFrontend | null;
  verify: 'off' | 'schema' | 'full';
  onRuleError: 'fail' | 'skip';
}

/** Starts to assemble an engine on what a deployment gives it. */
export function createEngine(environment: EngineEnvironment): EngineBuilder {
  const draft: Draft = {
    rules: [],
    policies: [],
    functions: [...CATALOG_FUNCTIONS],
    hooks: [],
    procedures: [...STANDARD_PROCEDURES],
    systemTables: [...STANDARD_SYSTEM_TABLES],
    aggregates: [],
    windowFunctions: [],
    tableFunctions: [...CATALOG_TABLE_FUNCTIONS],
    operators: new Map(),
    disabled: [],
    replacements: [],
    order: new Map(),
    settings: new Map(),
    frontend: null,
    verify: 'schema',
    onRuleError: 'fail',
  };
  let isBuilt = false;
  const builder: EngineBuilder = {
    use(plugin) {
      usePlugin(draft, pluginOf(plugin));
      return builder;
    },
    policy(pass) {
      draft.policies.push(pass);
      return builder;
    },
    disableRule(name) {
      draft.disabled.push(name);
      return builder;
    },
    replaceRule(name, rule) {
      draft.replacements.push([name, rule]);
      return builder;
    },
    orderRule(name, constraint) {
      const { after = [], before = [] } = draft.order.get(name) ?? {};
      draft.order.set(name, {
        after: [...after, ...(constraint.after ?? [])],
        before: [...before, ...(constraint.before ?? [])],
      });
      return builder;
    },
    verify(level) {
      draft.verify = level;
      return builder;
    },
    onRuleError(policy) {
      draft.onRuleError = policy;
      return builder;
    },
    setting(name, value) {
      draft.settings.set(name, value);
      return builder;
    },
    async build() {
      if (isBuilt) throw failure('configuration', { message: 'this builder has built its engine' });
      isBuilt = true;
      return buildEngine(environment, draft);
    },
  };
  return builder;
}

function pluginOf(given: Plugin | readonly AnyRule[] | SqlFrontend): Plugin {
  if (isRuleList(given)) return { name: 'rules', ...splitRules(given) };
  return 'parse' in given ? { name: given.name, frontend: given } : given;
}

function isRuleList(given: Plugin | readonly AnyRule[] | SqlFrontend): given is readonly AnyRule[] {
  return Array.isArray(given);
}

function splitRules(rules: readonly AnyRule[]): Pick<Plugin, 'rules' | 'policies'> {
  return {
    rules: rules.filter((rule): rule is SwitchableRule => rule.stage !== 'analyzer'),
    policies: rules.filter((rule): rule is AnalyzerRule => rule.stage === 'analyzer'),
  };
}

function usePlugin(draft: Draft, plugin: Plugin): void {
  draft.rules.push(...(plugin.rules ?? []));
  draft.policies.push(...(plugin.policies ?? []));
  draft.functions.push(...(plugin.functions ?? []));
  draft.hooks.push(...(plugin.hooks ?? []));
  draft.procedures.push(...(plugin.procedures ?? []));
  draft.systemTables.push(...(plugin.systemTables ?? []));
  draft.aggregates.push(...(plugin.aggregates ?? []));
  draft.windowFunctions.push(...(plugin.windowFunctions ?? []));
  draft.tableFunctions.push(...(plugin.tableFunctions ?? []));
  for (const [name, operator] of plugin.operators ?? []) draft.operators.set(name, operator);
  if (plugin.frontend) draft.frontend = plugin.frontend;
}

/** The standard registry and what the plug-ins bring: the binder and the operators see the same functions. */
function buildRegistry(draft: Draft): ExecRegistry {
  const { aggregates, windowFunctions, tableFunctions } = draft;
  const withoutKernel = [...aggregates, ...windowFunctions, ...tableFunctions].map(({ signature }) => ({
    signature,
    kernel: null,
  }));
  const functions = createFunctionRegistry([...draft.functions, ...withoutKernel], standardFunctions);
  return standardExecRegistry(functions, draft);
}

/** By name; F0000 if two have the same. */
function byName<T>(what: string, items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map(items.map((item) => [nameOf(item), item]));
  if (map.size === items.length) return map;
  const name = items.map(nameOf).find((each, index, names) => names.indexOf(each) !== index);
  throw failure('configuration', { message: `${what} "${name}" is defined twice` });
}

async function buildEngine(environment: EngineEnvironment, draft: Draft): Promise<Engine> {
  const registry = buildRegistry(draft);
  const rules = draft.replacements.reduce<readonly SwitchableRule[]>(
    (list, [name, rule]) => replaceRule(list, name, rule),
    draft.rules,
  );
  const optimizer = createOptimizer({
    rules,
    analyzers: draft.policies,
    order: Object.fromEntries(draft.order),
    disabled: draft.disabled,
    verify: draft.verify,
    onRuleError: draft.onRuleError,
    functions: registry.functions,
    clock: environment.clock,
  });
  const frontend = draft.frontend ?? libpgFrontend();
  await frontend.load();
  checkHooks(draft.hooks);
  const catalog = await StoredCatalog.open(environment.objectStore);
  const systemTables = byName('system table', draft.systemTables, ({ table }) => `${table.schemaName}.${table.name}`);
  const engine = new Engine(
    Object.freeze({
      ...environment,
      frontend,
      functions: registry.functions,
      registry,
      optimizer,
      catalog,
      literalTemplates: new LiteralTemplates({
        entriesMax: LIMITS.literalTemplatesMax,
        charactersMax: LIMITS.literalTemplateCharactersMax,
      }),
      planCache: new PlanCache({
        entriesMax: LIMITS.planCacheEntriesMax,
        charactersMax: LIMITS.planCacheCharactersMax,
      }),
      systemTables,
      systemCatalog: new Map([...systemTables].map(([key, system]) => [key, system.table])),
      procedures: byName('procedure', draft.procedures, ({ name }) => name.toLowerCase()),
      hooks: Object.freeze([...draft.hooks]),
      tableMemory: new TableMemory(() => catalog.byId, LIMITS.droppedTablesMax),
      settingDefaults: canonicalDefaults(draft.settings, {
        'millrace.disabled_rules': (names) => void optimizer.disabledRules(names),
      }),
      databaseName: 'millrace',
    }),
  );
  await engine.start();
  return engine;
}
