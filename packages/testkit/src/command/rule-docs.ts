import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SwitchableRule } from '@millrace/planner';
import { type DocumentedRule, ruleDocuments } from '../suite/rule-document.ts';

/** The rules of a folder: what the files that define one export. */
export async function documentedRules(folder: string): Promise<readonly DocumentedRule[]> {
  const found: DocumentedRule[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.[jt]s$/.test(name) || /\.(test|d)\.[jt]s$/.test(name)) continue;
    const source = readFileSync(join(folder, name), 'utf8');
    if (!/\bdefine(Physical)?Rule\(/.test(source)) continue;
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(folder, name)).href);
    for (const value of Object.values(module)) if (isRule(value)) found.push({ rule: value, source });
  }
  return found;
}

function isRule(value: unknown): value is SwitchableRule {
  return typeof value === 'object' && value !== null && 'stage' in value && 'examples' in value && 'summary' in value;
}

/** Writes the pages of a folder's rules; pages of rules that are gone go too. Returns the exit code. */
export async function writeRuleDocs(folder: string, into: string): Promise<number> {
  const documents = ruleDocuments(await documentedRules(folder));
  mkdirSync(into, { recursive: true });
  for (const name of readdirSync(into)) if (name.endsWith('.md') && !documents.has(name)) rmSync(join(into, name));
  for (const [name, text] of documents) writeFileSync(join(into, name), text);
  console.log(`${documents.size - 1} rules in ${into}`);
  return 0;
}
