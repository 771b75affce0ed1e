import type { Session } from '../session/session.ts';

/** What a plan depends on besides its text and the tables. */
export function planKeyOf(session: Session): string {
  const { settings } = session;
  return `${settings.get('search_path')}\u0000${session.user}\u0000${settings.get('millrace.disabled_rules')}`;
}
