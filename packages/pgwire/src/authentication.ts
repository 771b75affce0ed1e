import type { Channel } from './channel.ts';
import { writeAuthenticationOk } from './message-writer.ts';
import type { StartupPacket } from './startup.ts';

/**
 * How users prove who they are. `trust`: they need not; only for addresses that nobody else can reach. Methods with a dialogue
 * (SCRAM) become further members: they read password messages from the channel before AuthenticationOk.
 */
export type Authentication = 'trust';

/** Runs the dialogue and ends it with AuthenticationOk; throws 28000 or 28P01 to refuse. */
export async function authenticate(method: Authentication, channel: Channel, _startup: StartupPacket): Promise<void> {
  switch (method) {
    case 'trust':
      writeAuthenticationOk(channel.out);
      return;
    default:
      method satisfies never;
  }
}
