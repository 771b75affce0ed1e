import type { FunctionRegistry } from '@millrace/core';
import type { ExtensionNode } from '@millrace/planner';
import type { AggregateDefinition } from './aggregates/definition.ts';
import type { Operator } from './run/operator.ts';
import type { TableFunctionDefinition } from './table-functions/definition.ts';
import type { WindowFunctionDefinition } from './windows/definition.ts';

/** Makes the operator of an extension node from its compiled inputs. The operator keeps the laws of `Operator`. */
export type OperatorFactory = (node: ExtensionNode, inputs: readonly Operator[], context: OperatorContext) => Operator;

/** What a factory may use besides its inputs. */
export interface OperatorContext {
  /** The physical node; the operator's `plan`. */
  readonly plan: Operator['plan'];
  readonly registry: ExecRegistry;
}

/** Everything that plans name by id and that only exec can run. Immutable. */
export interface ExecRegistry {
  readonly functions: FunctionRegistry;
  /** By id of the signature. */
  readonly aggregates: ReadonlyMap<string, AggregateDefinition>;
  /** By id of the signature; aggregates run as window functions too. */
  readonly windowFunctions: ReadonlyMap<string, WindowFunctionDefinition>;
  /** By id of the signature. */
  readonly tableFunctions: ReadonlyMap<string, TableFunctionDefinition>;
  /** By the node's name. */
  readonly extensionOperators: ReadonlyMap<string, OperatorFactory>;
}
