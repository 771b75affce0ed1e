import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ruleDocuments } from '@millrace/testkit';
import { expect, it } from 'vitest';
import { documentedRules } from '../packages/testkit/src/command/rule-docs.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

it('docs/rules is what `npm run rule-docs` makes of the rules', async () => {
  const documents = ruleDocuments(await documentedRules(join(ROOT, 'packages/rules/src')));
  const folder = join(ROOT, 'docs/rules');
  const committed = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  expect([...committed.keys()].sort(), 'run `npm run rule-docs`').toEqual([...documents.keys()].sort());
  for (const [name, text] of documents) expect(committed.get(name), `${name}: run \`npm run rule-docs\``).toBe(text);
});
