import { failure } from '../errors/table.ts';
import type { FunctionDefinition, ScalarKernel } from './definition.ts';
import type { FunctionCatalog, FunctionSignature } from './signature.ts';

/** Functions by name for the binder and kernels by id for whoever runs a plan. Immutable. */
export interface FunctionRegistry extends FunctionCatalog {
  /** The kernel of a scalar function; undefined for an unknown id, an aggregate or a table function. */
  kernel(id: string): ScalarKernel | undefined;
  readonly definitions: readonly FunctionDefinition[];
}

/**
 * A registry of `definitions`, after those of `base`. Law: ids are unique, over all kinds of function; a duplicate is refused (42723).
 * Overloads keep the order of declaration.
 */
export function createFunctionRegistry(
  definitions: readonly FunctionDefinition[],
  base?: FunctionRegistry,
): FunctionRegistry {
  const all = Object.freeze([...(base?.definitions ?? []), ...definitions]);
  const byId = new Map<string, FunctionDefinition>();
  const byName = new Map<string, FunctionSignature[]>();
  for (const definition of all) {
    const { id, name } = definition.signature;
    if (byId.has(id)) throw failure('duplicateFunction', { id });
    byId.set(id, definition);
    const overloads = byName.get(name);
    if (overloads === undefined) byName.set(name, [definition.signature]);
    else overloads.push(definition.signature);
  }
  return Object.freeze({
    definitions: all,
    overloads: (name: string) => byName.get(name) ?? [],
    byId: (id: string) => byId.get(id)?.signature,
    kernel: (id: string) => byId.get(id)?.kernel ?? undefined,
  });
}
