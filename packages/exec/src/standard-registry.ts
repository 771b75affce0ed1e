import { type FunctionRegistry, standardFunctions } from '@millrace/core';
import { CLIENT_ROWS } from '@millrace/planner';
import type { AggregateDefinition } from './aggregates/definition.ts';
import { standardAggregates } from './aggregates/standard.ts';
import { clientRows } from './operators/client-rows.ts';
import type { ExecRegistry, OperatorFactory } from './registry.ts';
import type { TableFunctionDefinition } from './table-functions/definition.ts';
import { standardTableFunctions } from './table-functions/standard.ts';
import type { WindowFunctionDefinition } from './windows/definition.ts';
import { standardWindowFunctions } from './windows/standard.ts';

/** What a deployment adds to the standard registry; a definition with the id of a standard one replaces it. */
export interface ExecExtensions {
  readonly aggregates?: readonly AggregateDefinition[];
  readonly windowFunctions?: readonly WindowFunctionDefinition[];
  readonly tableFunctions?: readonly TableFunctionDefinition[];
  readonly operators?: ReadonlyMap<string, OperatorFactory>;
}

/** The registry with every aggregate, window and table function that core declares, over the given scalar functions. */
export function standardExecRegistry(
  functions: FunctionRegistry = standardFunctions,
  extensions: ExecExtensions = {},
): ExecRegistry {
  const {
    aggregates = [],
    windowFunctions = [],
    tableFunctions = [],
    operators = new Map<string, OperatorFactory>(),
  } = extensions;
  return Object.freeze({
    functions,
    aggregates: new Map([...standardAggregates, ...aggregates].map((entry) => [entry.signature.id, entry])),
    windowFunctions: new Map(
      [...standardWindowFunctions, ...windowFunctions].map((entry) => [entry.signature.id, entry]),
    ),
    tableFunctions: new Map([...standardTableFunctions, ...tableFunctions].map((entry) => [entry.signature.id, entry])),
    extensionOperators: new Map([[CLIENT_ROWS, clientRows], ...operators]),
  });
}
