import { formatType, type Value } from '@millrace/core';
import type { LogicalPlan, PlanKind } from '@millrace/planner';
import fc from 'fast-check';
import type { ReferenceDatabase } from '../reference/interpreter.ts';
import { databases, valuesOfType } from './data.ts';
import { type Choices, type Gene, genes, readGene } from './gene.ts';
import { generatePlan } from './plans.ts';
import { columnCounter, type GeneratedParameter, type PlanScope, type Position } from './scope.ts';

/** A phenotype: a plan over the fixture tables, rows for them, and values for its parameters. */
export interface PlanCase {
  readonly plan: LogicalPlan;
  readonly database: ReferenceDatabase;
  readonly parameters: readonly GeneratedParameter[];
  /** The first id that a rule may mint. */
  readonly nextColumnId: number;
}

/** Where the generator aims. */
export interface CaseOptions {
  /** Kinds one below the other, from the top: most plans contain one of these chains. */
  readonly shapes: readonly (readonly PlanKind[])[];
  /** Whether `random()` may appear. Default: no. */
  readonly volatile?: boolean;
  /** See `PlanScope.limits`. Default: ordered. */
  readonly limits?: PlanScope['limits'];
  /** See `PlanScope.favor`. Default: literals. */
  readonly favor?: PlanScope['favor'];
  /** See `PlanScope.repeats`. Default: no. */
  readonly repeats?: boolean;
  /** See `PlanScope.tables`. Default: none. */
  readonly tables?: PlanScope['tables'];
}

const WRAPPERS: readonly PlanKind[] = [
  'project',
  'filter',
  'aggregate',
  'sort',
  'limit',
  'join',
  'distinct',
  'union',
  'apply',
];
/** How deep a plan goes on below its shape. */
const TAIL_DEPTH = 2;

/** What one run of a suite is made of, before it means anything. */
export interface Genotype {
  readonly hint: number;
  readonly root: Gene;
  readonly database: ReferenceDatabase;
}

/**
 * Plans with data, of which most have one of the shapes. Law: `resolvePlan` is total, so whatever fast-check generates or shrinks to is a valid,
 * typed plan; `checkPlan(plan, 'full')` holds.
 */
export function planCases(options: CaseOptions): fc.Arbitrary<PlanCase> {
  return fc
    .record<Genotype>({ hint: fc.nat({ max: 255 }), root: genes, database: databases })
    .map((genotype) => resolvePlan(genotype, options));
}

/** The plan a genotype stands for. */
export function resolvePlan({ hint, root, database }: Genotype, options: CaseOptions): PlanCase {
  const counter = columnCounter();
  const scope: PlanScope = {
    newColumn: counter.newColumn,
    parameters: [],
    dataOf: valuesByType(database),
    volatile: options.volatile ?? false,
    limits: options.limits ?? 'ordered',
    favor: options.favor ?? 'literals',
    repeats: options.repeats ?? false,
    tables: options.tables ?? [],
  };
  const choices = readGene(root);
  const position: Position = {
    path: pathOf(hint, choices, options.shapes),
    depth: TAIL_DEPTH,
    outer: [],
    isRoot: true,
  };
  const plan = generatePlan(choices.part(), scope, position);
  return { plan, database, parameters: scope.parameters, nextColumnId: counter.next() };
}

/** The values of a type in a database, collected when they are first asked for. */
function valuesByType(database: ReferenceDatabase): PlanScope['dataOf'] {
  const known = new Map<string, readonly Value[]>();
  return (type) => {
    const name = formatType(type);
    const values = known.get(name) ?? valuesOfType(database, type);
    known.set(name, values);
    return values;
  };
}

/** Seven of eight plans follow a shape, half of those with one or two nodes above it. */
function pathOf(hint: number, choices: Choices, shapes: CaseOptions['shapes']): readonly PlanKind[] {
  if (shapes.length === 0 || hint % 8 === 7) return [];
  const shape = shapes[Math.floor(hint / 8) % shapes.length] ?? [];
  if (shape[0] === 'insert') return shape;
  const above = [0, 0, 1, 2][choices.pick(4)] ?? 0;
  return [...Array.from({ length: above }, () => choices.oneOf(WRAPPERS)), ...shape];
}
