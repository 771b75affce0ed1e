import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Runs the wrong implementations, which the configuration of the repository does not find. */
const config: ViteUserConfig = defineConfig({
  root: join(dirname(fileURLToPath(import.meta.url)), '..', '..'),
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['tests/conformance/wrong-implementations.ts'], testTimeout: 30_000 },
});
export default config;
