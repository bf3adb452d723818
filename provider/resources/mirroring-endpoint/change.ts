import { pause } from "../../errors/interrupted";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import { unfinished } from "../../lifecycle/recorded";
import { type Endpoint, type Partner, partnersOf } from "../../sql-server/catalog/endpoint";
import type { Sql } from "../../sql-server/connection";
import { type Statement, sql } from "../../sql-server/tsql";
import { asFound } from "./definition";

/** A change that was interrupted before its success was seen: the endpoint before it, and the replicas connected then. */
export interface Unproven {
  readonly before: Endpoint;
  readonly replicaIds: readonly string[];
}

/** How long partners may take to connect again: "up to a minute", as the documentation says of links. Shorter in tests. */
export const patience = { milliseconds: 60_000 };

/**
 * Alters the endpoint and waits until every replica that was connected before is connected again. When one is not, it
 * alters the endpoint back, and the failure names the replica. An interruption is recorded as `Unproven`, and the next run
 * goes on waiting.
 */
export async function alterProven<State extends object>(
  server: Sql,
  { before, replicaIds }: Unproven,
  change: Statement | undefined,
  { id, state, newCertificate, signal }: Proof<State>,
): Promise<void> {
  const doing = `alter the mirroring endpoint ${before.name}`;
  const alter = (to: Statement) =>
    server.change(doing, sql`ALTER ENDPOINT ${sql.identifier(before.name)} ${to}`, async () => false);
  const openEnded = (error: unknown) => unfinished(id, { ...state, unproven: { before, replicaIds } }, error);
  try {
    if (change) await alter(change);
  } catch (error) {
    throw isUncertain(error) ? openEnded(error) : error;
  }
  if (replicaIds.length === 0) return;
  let lost: Partner[];
  try {
    lost = await untilConnected(server, replicaIds, doing, signal);
    if (lost.length === 0) return;
    await alter(asFound(before));
  } catch (error) {
    throw openEnded(error);
  }
  const stillLost = await untilConnected(server, replicaIds, doing, signal).catch(() => lost);
  throw new VisibleError(
    {
      doing: `${doing} on ${server.instance.name} (${server.address})`,
      said: [
        ...lost.map(({ label, lastError }) => `${label} did not connect again: ${lastError ?? "no error was given"}`),
        `It is as it was before, with the certificate ${before.certificateName}; ${stillLost.length === 0 ? "all are connected again" : `not connected yet: ${stillLost.map(({ label }) => label).join(", ")}`}.`,
      ],
      cause: `the other side does not trust the certificate ${newCertificate}, or accepts the endpoint only as it was.`,
      remedy:
        "upload the certificate to every managed instance that is linked (TrustCertificate) before the endpoint uses it: dependsOn; then run pulumi up again.",
    },
    ["NotConnectedAgain"],
  );
}

interface Proof<State> {
  readonly id: string;
  /** The state that is recorded when this is interrupted. */
  readonly state: State;
  readonly newCertificate: string;
  readonly signal: AbortSignal;
}

/** Those not connected when the time is over. All must be connected at three looks in a row: an old session may outlive the change for a moment. */
async function untilConnected(
  server: Sql,
  replicaIds: readonly string[],
  doing: string,
  signal: AbortSignal,
): Promise<Partner[]> {
  const deadline = Date.now() + patience.milliseconds;
  for (let looks = 0; ; ) {
    const partners = await partnersOf(server);
    const lost = partners.filter(({ replicaId, isConnected }) => replicaIds.includes(replicaId) && !isConnected);
    looks = lost.length === 0 ? looks + 1 : 0;
    if (looks === 3) return [];
    if (lost.length > 0 && Date.now() >= deadline) return lost;
    await pause(500, doing, signal);
  }
}
