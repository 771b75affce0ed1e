/**
 * Named steps of the paths that must survive a crash. Production hits them and nothing happens; the crash sweep counts them, and kills the
 * process (or the simulated world) at the nth hit of one. Names are `area.step[.moment]`, listed in each package's `*_FAILPOINTS`.
 * Law: `hit` is synchronous and either returns, throws (simulation), or never comes back (SIGKILL).
 */
export interface Failpoints {
  hit(name: string): void;
}

/** The production version: every hit returns. */
export const NO_FAILPOINTS: Failpoints = Object.freeze({ hit: (): void => {} });
