import type { SwitchableRule } from '@millrace/planner';
import { contractOf } from './judge.ts';

/** A rule and the text of its file. */
export interface DocumentedRule {
  readonly rule: SwitchableRule;
  readonly source: string;
}

/**
 * The documentation of rules, made from nothing but the rules: a page each, and README.md, the list. File name -> Markdown. Its examples are
 * those that run as tests, so it cannot show what does not happen.
 */
export function ruleDocuments(rules: readonly DocumentedRule[]): ReadonlyMap<string, string> {
  const sorted = [...rules].sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1));
  return new Map([
    ['README.md', indexOf(sorted.map(({ rule }) => rule))],
    ...sorted.map(({ rule, source }) => [`${rule.name}.md`, pageOf(rule, source)] as const),
  ]);
}

const PHASES = ['normalize', 'simplify', 'pushdown', 'prune', 'finish', 'bind', 'physical'];

function phaseOf(rule: SwitchableRule): string {
  return rule.stage === 'logical' ? rule.phase : 'physical';
}

function indexOf(rules: readonly SwitchableRule[]): string {
  const lines = PHASES.flatMap((phase) =>
    rules
      .filter((rule) => phaseOf(rule) === phase)
      .map((rule) => `| [${rule.name}](${rule.name}.md) | ${phase} | ${rule.summary} |`),
  );
  return [
    '# Rules',
    '',
    'Each can be switched off (`SET millrace.disabled_rules`, `MILLRACE_DISABLED_RULES`, `.disableRule`), and any query gives the same answer without it.',
    'These pages are made from the rules themselves (`npm run rule-docs`): the examples run as tests.',
    '',
    '| rule | phase | what it does |',
    '| --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function pageOf(rule: SwitchableRule, source: string): string {
  const examples = rule.examples.flatMap((example) => [
    `### ${capitalized(example.title)}`,
    '',
    ...fenced('sql', example.sql),
    ...(example.parameters === undefined ? [] : [`Parameters: ${example.parameters.map(String).join(', ')}.`, '']),
    ...fenced('text', example.before),
    ...(example.after === 'unchanged' ? ['stays as it is.', ''] : ['becomes', '', ...fenced('text', example.after)]),
  ]);
  return [
    `# ${rule.name}`,
    '',
    rule.summary,
    '',
    ...factsOf(rule),
    '',
    ...proseOf(rule, source),
    '## Examples',
    '',
    ...examples,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** Where and when it runs, and what it promises. */
function factsOf(rule: SwitchableRule): readonly string[] {
  const { rows, errors, floats, nullability } = contractOf(rule.contract);
  const names = (list: readonly string[]): string => list.map((name) => `[${name}](${name}.md)`).join(', ');
  return [
    rule.stage === 'logical'
      ? `- Runs in phase \`${rule.phase}\`, at ${rule.on.map((kind) => `\`${kind}\``).join(', ')}, ${rule.order === 'up' ? 'inputs first' : 'from the top down'}.`
      : '- Runs on physical plans, inputs first.',
    ...(rule.after === undefined ? [] : [`- After ${names(rule.after)}.`]),
    ...(rule.before === undefined ? [] : [`- Before ${names(rule.before)}.`]),
    `- Rows: ${rows === 'bag' ? 'the same, in order where the query asks for one' : 'any valid choice where a limit leaves one'}.`,
    `- Errors: ${errors === 'same' ? 'the same' : 'one may vanish with an expression that is not evaluated any more; none is new'}.`,
    ...(floats === 'exact' ? [] : [`- Floats may differ by a share of ${floats.relative}.`]),
    ...(nullability === 'same' ? ['- Says of no column anew that it holds no NULL.'] : []),
  ];
}

/** The leading comment of the file: prose as it is but for the name in front, pictures (indented by two or more) fenced. */
function proseOf(rule: SwitchableRule, source: string): readonly string[] {
  const [, comment = ''] = /^\/\*\*\n([\s\S]*?)\n? \*\//.exec(source) ?? [];
  const [first = '', ...rest] = comment.split('\n').map((line) => line.replace(/^ \* ?/, ''));
  const lines = [first.startsWith(`${rule.name}: `) ? capitalized(first.slice(rule.name.length + 2)) : first, ...rest];
  const result: string[] = [];
  for (const block of blocksOf(lines)) {
    const isPicture = block.every((line) => line.startsWith('  '));
    result.push(
      ...(isPicture ? fenced('text', block.map((line) => line.slice(2)).join('\n')) : [...withList(block), '']),
    );
  }
  return result;
}

/** A list starts a paragraph of its own. */
function withList(block: readonly string[]): readonly string[] {
  const first = block.findIndex((line) => line.startsWith('- '));
  return first <= 0 ? block : [...block.slice(0, first), '', ...block.slice(first)];
}

function blocksOf(lines: readonly string[]): readonly (readonly string[])[] {
  const blocks: string[][] = [];
  let current: string[] = [];
  for (const line of [...lines, '']) {
    if (line.trim() !== '') current.push(line);
    else if (current.length > 0) {
      blocks.push(current);
      current = [];
    }
  }
  return blocks;
}

function fenced(language: string, text: string): readonly string[] {
  return [`\`\`\`${language}`, text, '```', ''];
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
