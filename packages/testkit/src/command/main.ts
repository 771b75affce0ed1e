#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { newRule } from './new-rule.ts';
import { writeRuleDocs } from './rule-docs.ts';
import { scoreboard } from './scoreboard.ts';

const HELP = `millrace-testkit: what goes with ruleSuite. Works on the folder it is started in.

  new-rule NAME [FOLDER]            a rule, its proof and a wrong version of it to start from
  fuzz [--minutes 10] [--rule NAME] hunts with fresh seeds, files what it finds; exit 1 if anything
  scoreboard [--into FILE]          what the suites see and which wrong rules they refute, as Markdown
  rule-docs RULES DOCS              pages made from the rules of a folder
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    rule: { type: 'string' },
    into: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
process.exitCode = await run(positionals);

async function run([command, first, second]: readonly string[]): Promise<number> {
  const folder = process.cwd();
  if (command === 'new-rule' && first !== undefined) return newRule(first, second ?? '.');
  if (command === 'fuzz') {
    const minutes = Number(values.minutes ?? '10');
    if (minutes > 0) return fuzz(folder, { minutes, rule: values.rule ?? null });
    console.error('--minutes is a number above 0');
    return 1;
  }
  if (command === 'scoreboard') return scoreboard(folder, { into: values.into ?? null });
  if (command === 'rule-docs' && first !== undefined && second !== undefined) return writeRuleDocs(first, second);
  console.log(HELP);
  return values.help === true ? 0 : 1;
}
