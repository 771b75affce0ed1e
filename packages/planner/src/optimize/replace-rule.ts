import { failure } from '@millrace/core';
import { requireKnownRule } from './order-rules.ts';
import type { SwitchableRule } from './rule.ts';

/**
 * The list with one rule replaced, at its place. The replacement takes over the name, so that constraints and settings which name the old
 * rule go on working. An unknown name is refused with "did you mean" (F0000), and so is a replacement of another stage.
 */
export function replaceRule(
  rules: readonly SwitchableRule[],
  name: string,
  replacement: SwitchableRule,
): readonly SwitchableRule[] {
  requireKnownRule(
    name,
    rules.map((rule) => rule.name),
  );
  return rules.map((rule) => {
    if (rule.name !== name) return rule;
    if (rule.stage !== replacement.stage) {
      const message = `rule "${name}" is ${rule.stage} and cannot be replaced by a ${replacement.stage} one`;
      throw failure('configuration', { message });
    }
    return Object.freeze({ ...replacement, name });
  });
}
