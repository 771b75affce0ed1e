import type { RuleEvent } from '../optimize/rule.ts';
import { lineDiff } from './line-diff.ts';

/**
 * The lines of EXPLAIN (RULES): each run of a rule that changed the plan as a diff, with its time and its notes; rules that failed and
 * were skipped; with `all`, the silent ones on one line and what they noted.
 *
 *   prune: prune-columns (14 us)
 *       Filter project_id#2 = 'p1'
 *     -   Scan events [ts#1, project_id#2, name#3]
 *     +   Scan events [project_id#2, name#3]
 */
export function explainRules(
  events: readonly RuleEvent[],
  options: { readonly all?: boolean } = {},
): readonly string[] {
  const lines: string[] = [];
  const changed = new Set(events.filter((event) => event.changed || event.error !== null).map((event) => event.rule));
  for (const event of events) {
    if (event.error !== null) lines.push(`${event.phase}: ${event.rule} stopped: ${event.error}`);
    if (!event.changed) continue;
    const pass = event.pass > 1 ? `, pass ${event.pass}` : '';
    lines.push(`${event.phase}: ${event.rule} (${event.micros} us${pass})`);
    for (const note of event.notes) lines.push(`  note: ${note}`);
    const diff = lineDiff(event.before ?? '', event.after ?? '');
    for (const line of diff.length === 0 ? ["(nothing that the plan's text shows)"] : diff) lines.push(`  ${line}`);
  }
  if (lines.length === 0) lines.push('no rule changed the plan');
  if (options.all !== true) return lines;
  const silent = [...new Set(events.map((event) => event.rule))].filter((rule) => !changed.has(rule));
  if (silent.length > 0) lines.push(`unchanged: ${silent.join(', ')}`);
  for (const rule of silent) {
    const notes = new Set(events.filter((event) => event.rule === rule).flatMap((event) => event.notes));
    for (const note of notes) lines.push(`  ${rule}: ${note}`);
  }
  return lines;
}
