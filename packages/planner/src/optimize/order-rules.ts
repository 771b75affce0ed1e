import { failure } from '@millrace/core';
import { type AnyRule, LOGICAL_PHASES } from './rule.ts';
import { suggest } from './suggest.ts';

/** Constraints that a deployment adds to a rule's own. */
export type OrderOverrides = Readonly<
  Record<string, { readonly before?: readonly string[]; readonly after?: readonly string[] }>
>;
/** A rule at its place, and what put it there. */
export interface OrderedRule<R extends AnyRule = AnyRule> {
  readonly rule: R;
  /** `analyzer`, a logical phase, or `physical`. */
  readonly phase: string;
  /** Counts from 1 over all phases. */
  readonly position: number;
  /** Why it is here: the constraints that hold, those that are inert, or the order of registration. */
  readonly why: string;
}

const PHASES: readonly string[] = ['analyzer', ...LOGICAL_PHASES, 'physical'];

/** The phase a rule runs in: analyzer passes come first, physical rules last. */
export function phaseOf(rule: AnyRule): string {
  return rule.stage === 'logical' ? rule.phase : rule.stage;
}

/**
 * Sorts rules by phase, then by the constraints, then by registration: stable and deterministic. A duplicate name, a cycle, an override for
 * an unknown rule, or a constraint against the order of the phases is a configuration error (F0000) that names the rules. A constraint that
 * names an absent rule is inert and is listed so.
 */
export function orderRules<R extends AnyRule>(
  rules: readonly R[],
  overrides: OrderOverrides = {},
): readonly OrderedRule<R>[] {
  const byName = new Map<string, R>();
  for (const rule of rules) {
    if (byName.has(rule.name)) throw failure('configuration', { message: `rule "${rule.name}" is registered twice` });
    byName.set(rule.name, rule);
  }
  for (const name of Object.keys(overrides)) requireKnownRule(name, byName.keys());
  const edges = constraintsOf(rules, overrides, byName);
  const ordered: OrderedRule<R>[] = [];
  for (const phase of PHASES) {
    const waiting = rules.filter((rule) => phaseOf(rule) === phase);
    while (waiting.length > 0) {
      const names = new Set(waiting.map((rule) => rule.name));
      const next = waiting.findIndex(
        (rule) => !edges.some((edge) => edge.later === rule.name && names.has(edge.earlier)),
      );
      const rule = waiting[next];
      if (rule === undefined)
        throw failure('configuration', { message: `rules in a circle: ${cycleOf(names, edges)}` });
      waiting.splice(next, 1);
      ordered.push({ rule, phase, position: ordered.length + 1, why: whyHere(rule, edges, overrides, byName) });
    }
  }
  return Object.freeze(ordered);
}

/** Refuses an unknown name of a rule with the nearest known one as a hint. `key` and SQLSTATE depend on who asks. */
export function requireKnownRule(
  name: string,
  known: Iterable<string>,
  key: 'configuration' | 'invalidParameterValue' = 'configuration',
): void {
  const names = [...known];
  if (names.includes(name)) return;
  const near = suggest(name, names);
  throw failure(
    key,
    { message: `there is no rule "${name}"` },
    { hint: near === undefined ? 'SHOW millrace.rules lists all rules.' : `Did you mean "${near}"?` },
  );
}

interface Edge {
  readonly earlier: string;
  readonly later: string;
}

function constraintsOf<R extends AnyRule>(
  rules: readonly R[],
  overrides: OrderOverrides,
  byName: ReadonlyMap<string, R>,
): readonly Edge[] {
  const edges: Edge[] = [];
  const add = (earlier: string, later: string): void => {
    const [first, second] = [byName.get(earlier), byName.get(later)];
    if (first === undefined || second === undefined) return;
    const distance = PHASES.indexOf(phaseOf(second)) - PHASES.indexOf(phaseOf(first));
    if (distance < 0) {
      const message = `rule "${earlier}" (phase ${phaseOf(first)}) cannot run before "${later}" (phase ${phaseOf(second)})`;
      throw failure('configuration', { message });
    }
    if (distance === 0) edges.push({ earlier, later });
  };
  for (const rule of rules) {
    for (const list of [rule.after, overrides[rule.name]?.after]) for (const name of list ?? []) add(name, rule.name);
    for (const list of [rule.before, overrides[rule.name]?.before]) for (const name of list ?? []) add(rule.name, name);
  }
  return edges;
}

/** Walks backwards from any waiting rule until a name comes again. */
function cycleOf(waiting: ReadonlySet<string>, edges: readonly Edge[]): string {
  const path: string[] = [];
  let name = [...waiting][0];
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    const later: string = name;
    name = edges.find((edge) => edge.later === later && waiting.has(edge.earlier))?.earlier;
  }
  return [...path.slice(name === undefined ? 0 : path.indexOf(name)), name ?? ''].reverse().join(' before ');
}

function whyHere<R extends AnyRule>(
  rule: R,
  edges: readonly Edge[],
  overrides: OrderOverrides,
  byName: ReadonlyMap<string, R>,
): string {
  const after = edges.filter((edge) => edge.later === rule.name).map((edge) => `after ${edge.earlier}`);
  const before = edges.filter((edge) => edge.earlier === rule.name).map((edge) => `before ${edge.later}`);
  const override = overrides[rule.name];
  const named = [rule.after, rule.before, override?.after, override?.before].flatMap((list) => list ?? []);
  const inert = named.filter((name) => !byName.has(name)).map((name) => `${name} is absent`);
  const reasons = [...new Set([...after, ...before, ...inert])];
  return reasons.length === 0 ? 'order of registration' : reasons.join(', ');
}
