import { MillraceError } from '@millrace/core';
import { libpgFrontend, type ParsedStatement, type SqlFrontend } from '@millrace/planner';
import { portableFrontend } from '@millrace/planner/portable';

const REFUSAL = / is not supported by this front end$/;

/** A front end, and what it refused since the last `forget`. */
export interface WatchedFrontend {
  readonly frontend: SqlFrontend;
  forget(): void;
  refusal(): string | null;
}

/**
 * The portable front end, where what it refuses is read by libpg-query instead, and remembered: so a file goes on behind a statement that is not
 * supported, and the statement is reported all the same. Every other error stays its own.
 */
export function portableWithFallback(): WatchedFrontend {
  const portable = portableFrontend();
  const libpg = libpgFrontend();
  let refused: string | null = null;
  return {
    frontend: {
      name: portable.name,
      async load() {
        await portable.load();
        await libpg.load();
      },
      parse(sql: string): readonly ParsedStatement[] {
        try {
          return portable.parse(sql);
        } catch (error) {
          if (!(error instanceof MillraceError && REFUSAL.test(error.message))) throw error;
          refused = error.message;
          return libpg.parse(sql);
        }
      },
    },
    forget() {
      refused = null;
    },
    refusal: () => refused,
  };
}
