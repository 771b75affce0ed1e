// `npm run slt -- [topic[:line] ...] [--config NAME|all] [--complete] [--against postgres] [--list-skips]`, see tests/slt/README.md.
import { appendFileSync, existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startMillraceTarget, startPostgresTarget } from '../support/sql-targets.ts';
import { CONFIGURATIONS } from './configurations.ts';
import {
  type ConfigurationReport,
  type RunVariant,
  runConfiguration,
  TOPICS,
  type TopicChoice,
} from './run-configuration.ts';
import { skipListUrl, UNREVIEWED } from './skip-list.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    against: { type: 'string' },
    complete: { type: 'boolean' },
    'list-skips': { type: 'boolean' },
  },
});

/** Ends with one line for people. */
function refuse(message: string): never {
  console.error(`slt: ${message}`);
  process.exit(2);
}

function choiceOf(text: string): TopicChoice {
  const [topic = '', line] = text.split(':');
  if (!TOPICS.includes(topic)) refuse(`there is no topic ${topic}; topics: ${TOPICS.join(', ')}`);
  return { topic, line: line === undefined ? null : Number(line) };
}

const choices = positionals.length > 0 ? positionals.map(choiceOf) : TOPICS.map((topic) => ({ topic, line: null }));

function report(
  name: string,
  { passed, skipped, failures, unlisted }: ConfigurationReport,
  startedMs: number,
): boolean {
  for (const failure of failures) console.error(`FAILED ${failure}\n`);
  for (const skip of skipped) console.log(`${name}: skipped ${skip}`);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `${name}: ${passed} records passed, ${skipped.length} skipped, ${failures.length} failed, in ${seconds} s`,
  );
  if (values['list-skips'] === true && unlisted.length > 0) {
    const url = skipListUrl(name);
    appendFileSync(url, `${existsSync(url) ? '\n' : ''}[${UNREVIEWED}]\n${unlisted.join('\n')}\n`);
  }
  return failures.length === 0;
}

async function run(name: string, variants: readonly RunVariant[]): Promise<boolean> {
  const startedMs = Date.now();
  return report(
    name,
    await runConfiguration(name, variants, choices, { complete: values.complete === true }),
    startedMs,
  );
}

async function runAgainstPostgres(): Promise<boolean> {
  const target = await startPostgresTarget();
  if (target === null) {
    if (values.complete === true) refuse('no PostgreSQL is installed, and POSTGRES_URL names none');
    console.log(
      'postgres: SKIPPED, no PostgreSQL is installed (Debian: apt install postgresql) and POSTGRES_URL names none',
    );
    return true;
  }
  console.log(`postgres: version ${target.version}`);
  return run('postgres', [{ name: 'postgres', start: async () => target }]);
}

async function runMatrix(): Promise<boolean> {
  const wanted = values.config ?? 'default';
  const configurations = CONFIGURATIONS.filter(({ name }) => wanted === 'all' || name === wanted);
  if (configurations.length === 0) {
    refuse(`there is no configuration ${wanted}; there are ${CONFIGURATIONS.map(({ name }) => name).join(', ')}`);
  }
  if (values.complete === true && configurations.length > 1) refuse('--complete takes one configuration');
  let isGood = true;
  for (const { name, variants } of configurations) {
    const runs = variants.map(
      (variant): RunVariant => ({ ...variant, start: () => startMillraceTarget(variant.options) }),
    );
    isGood = (await run(name, runs)) && isGood;
  }
  return isGood;
}

if (values.against !== undefined && values.against !== 'postgres') refuse('--against knows postgres only');
const isGood = values.against === undefined ? await runMatrix() : await runAgainstPostgres();
if (!isGood && values.complete !== true) process.exitCode = 1;
