import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin, type ViteUserConfig } from 'vitest/config';
// @ts-expect-error a plain script without types, shared with fsync-mutants.mjs
import { withoutCall } from './scripts/sync-sites.mjs';

/** `scripts/fsync-mutants.mjs` names one fsync of the source (file#index) to be left out in this run. */
const mutant = process.env['MILLRACE_SYNC_MUTANT']?.split('#');

const syncMutant: Plugin = {
  name: 'millrace-sync-mutant',
  enforce: 'pre',
  load(id) {
    const [file = '', index = ''] = mutant ?? [];
    if (mutant === undefined || !id.endsWith(`/${file}`)) return null;
    return (withoutCall as (text: string, index: number) => string)(readFileSync(id, 'utf8'), Number(index));
  },
};

const config: ViteUserConfig = defineConfig({
  plugins: mutant === undefined ? [] : [syncMutant],
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    // Files share the modules of their worker: loading the engine for each of two hundred files took longer than most of the tests.
    isolate: false,
    maxConcurrency: 2,
    // Every core: the default leaves one idle, which is half of a small machine.
    maxWorkers: '100%',
    hookTimeout: 60_000,
  },
});
export default config;
