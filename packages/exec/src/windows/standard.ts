import { assert, type FunctionSignature, windowSignatures } from '@millrace/core';
import { defineWindowFunction, type WindowFunctionDefinition } from './definition.ts';
import { edgeValue, nthValue, shifted } from './navigation.ts';
import { cumeDist, denseRank, ntile, percentRank, rank, rowNumber } from './ranking.ts';

/** By the name of the signature. */
const KERNELS: Readonly<Record<string, WindowFunctionDefinition['compute']>> = {
  row_number: rowNumber,
  rank,
  dense_rank: denseRank,
  percent_rank: percentRank,
  cume_dist: cumeDist,
  ntile,
  lag: (call) => shifted(call, -1),
  lead: (call) => shifted(call, 1),
  first_value: (call) => edgeValue(call, 0),
  last_value: (call) => edgeValue(call, -1),
  nth_value: nthValue,
};

/** How every window function that core declares is run. Law: none is missing. */
export const standardWindowFunctions: readonly WindowFunctionDefinition[] = Object.freeze(
  windowSignatures.map(definitionOf),
);

function definitionOf(signature: FunctionSignature): WindowFunctionDefinition {
  const compute = KERNELS[signature.name];
  assert(compute !== undefined, `the window function ${signature.id} has a kernel`);
  return defineWindowFunction({ signature, compute });
}
