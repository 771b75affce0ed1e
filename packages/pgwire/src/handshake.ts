import { failure, type QueryHandler, type QuerySession } from '@millrace/core';
import { type Authentication, authenticate } from './authentication.ts';
import type { CancelRegistry } from './cancel-registry.ts';
import type { Channel } from './channel.ts';
import { writeAncientError, writeError } from './errors.ts';
import {
  writeBackendKeyData,
  writeNegotiateProtocolVersion,
  writeNotices,
  writeReadyForQuery,
  writeReports,
} from './message-writer.ts';
import { PROTOCOL_3_2, parseOptions, parseStartup, type StartupPacket } from './startup.ts';

/** What it takes to let a client in. */
export interface HandshakeContext {
  readonly handler: QueryHandler;
  readonly authentication: Authentication;
  readonly cancels: CancelRegistry;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Reserves room for one session, once a startup packet is there, and returns how to give it back; throws 53300 or 57P03 if there is none. */
  readonly takeSlot: () => () => void;
}

/** A session that is ready for queries. */
export interface Admitted {
  readonly session: QuerySession;
  /** Gives back the session's place and makes it unreachable for cancel requests. */
  leave(): void;
}

const STUFFED_DETAIL =
  'This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.';

/**
 * Everything up to the first ReadyForQuery. Null: the connection is to be closed, and what it should hear is written. Garbage and cancel
 * requests are never answered.
 */
export async function handshake(
  channel: Channel,
  context: HandshakeContext,
  onCancel: () => void,
): Promise<Admitted | null> {
  try {
    const startup = await readStartup(channel, context.cancels);
    if (startup === null) return null;
    checkReplication(startup.replication);
    return await openSession(channel, context, startup, onCancel);
  } catch (error) {
    writeError(channel.out, error, 'FATAL');
    return null;
  }
}

/** Answers requests for encryption, obeys cancel requests, and returns the startup packet if one comes. */
async function readStartup(channel: Channel, cancels: CancelRegistry): Promise<StartupPacket | null> {
  const asked = { ssl: false, gssenc: false };
  for (;;) {
    const incoming = await channel.nextStartup();
    if (incoming.kind !== 'message') return null;
    const message = parseStartup(incoming.body, asked);
    switch (message.kind) {
      case 'startup':
        return message.startup;
      case 'nonsense':
        return null;
      case 'cancel':
        cancels.cancel(message.processId, message.key);
        return null;
      case 'wrong-version':
        if (!message.isAncient) throw failure('notImplemented', { message: message.message });
        writeAncientError(channel.out, message.message);
        return null;
      default:
        asked[message.kind] = true;
        await declineEncryption(channel, message.kind === 'ssl' ? 'SSL' : 'GSSAPI encryption');
    }
  }
}

/** `N`. What was sent before this answer was meant to be encrypted, or was smuggled in: 08P01. */
async function declineEncryption(channel: Channel, what: string): Promise<void> {
  channel.out.uint8('N'.charCodeAt(0));
  await channel.flush();
  if (channel.unreadBytes === 0) return;
  const message = `received unencrypted data after ${what} request`;
  throw failure('protocolViolation', { message }, { detail: STUFFED_DETAIL });
}

function checkReplication(value: string | null): void {
  if (value === null || /^(false|off|no|0|f|n)$/i.test(value)) return;
  if (!/^(true|on|yes|1|t|y|database)$/i.test(value)) {
    const message = `invalid value for parameter "replication": "${value}"`;
    const hint = 'Valid values are: "false", 0, "true", 1, "database".';
    throw failure('invalidParameterValue', { message }, { hint });
  }
  throw failure('notSupported', { feature: 'replication' });
}

async function openSession(
  channel: Channel,
  context: HandshakeContext,
  startup: StartupPacket,
  onCancel: () => void,
): Promise<Admitted> {
  const { out } = channel;
  const freeSlot = context.takeSlot();
  let leave = freeSlot;
  try {
    if (startup.needsNegotiation) writeNegotiateProtocolVersion(out, startup.version, startup.unknownOptions);
    await authenticate(context.authentication, channel, startup);
    const settings = [...(startup.options === null ? [] : parseOptions(startup.options)), ...startup.settings];
    const key = context.randomBytes(startup.version >= PROTOCOL_3_2 ? 32 : 4);
    const processId = context.cancels.register(key, onCancel);
    leave = () => {
      context.cancels.unregister(processId);
      freeSlot();
    };
    const { user, database } = startup;
    const session = await context.handler.connect({ user, database, settings, processId, remote: channel.remote });
    writeReports(out, session);
    writeBackendKeyData(out, processId, key);
    writeNotices(out, session);
    writeReadyForQuery(out, session);
    await channel.flush();
    return { session, leave };
  } catch (error) {
    leave();
    throw error;
  }
}
