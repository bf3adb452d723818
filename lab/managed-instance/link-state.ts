import { X509Certificate } from "node:crypto";
import type { Seeding } from "../network";
import type { Database } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { type Agreement, agreementOn } from "./agreement";
import type { Azure, Link, LinkFailure, ManagedInstance, TrustCertificate } from "./managed-instance";
import { seedingAt } from "./seeding";

/** How a link stands at the moment of asking. */
export interface LinkState {
  readonly replicaState: "CreatingLink" | "LinkSynchronizing" | "LinkFailoverInProgress" | LinkFailure["state"];
  readonly isConnected: boolean;
  readonly isHealthy: boolean;
  /** Recorded after a forced failover: HEALTHY beside DISCONNECTED. */
  readonly isShownHealthy?: boolean;
  readonly error?: LinkFailure;
  readonly seeding?: Seeding;
  /** Of the managed instance. */
  readonly copy?: Database;
  /** The trust certificate that the partner proves itself with. */
  readonly partnerCertificate?: TrustCertificate;
  readonly agreement: Agreement;
}

export function linkState(link: Link, instance: ManagedInstance, azure: Azure): LinkState {
  const agreement = agreementOn(link, instance, azure);
  const copy = instance.engine.databases.get(nameKey(link.database));
  const common = { copy, agreement, seeding: link.seeding && seedingAt(link.seeding, azure.clock.now()) };
  if (link.phase === "failed" && link.failure)
    return { ...common, replicaState: link.failure.state, isConnected: false, isHealthy: false, error: link.failure };
  if ("disagreement" in agreement) {
    const { disagreement: error } = agreement;
    const replicaState = link.phase === "created" ? "LinkSynchronizationError" : "CreatingLink";
    return {
      ...common,
      replicaState,
      isConnected: false,
      isHealthy: false,
      isShownHealthy: error.isOfRoles,
      error: link.phase === "created" ? error : undefined,
    };
  }
  const partnerCertificate = certificateOf(agreement.agreed, instance);
  if (link.phase !== "created")
    return {
      ...common,
      partnerCertificate,
      replicaState: "CreatingLink",
      isConnected: link.seeding !== undefined,
      isHealthy: false,
    };
  catchUp(agreement.agreed, link, copy);
  const replicaState = link.isFailingOver ? "LinkFailoverInProgress" : "LinkSynchronizing";
  return { ...common, partnerCertificate, replicaState, isConnected: true, isHealthy: true };
}

/** While it is connected, the secondary has all of the log. */
function catchUp(
  { sqlServer }: { readonly sqlServer: { readonly databases: ReadonlyMap<string, Database> } },
  link: Link,
  copy: Database | undefined,
): void {
  const partners = sqlServer.databases.get(nameKey(link.database));
  if (!partners || !copy) return;
  const [source, target] = link.role === "Primary" ? [copy, partners] : [partners, copy];
  target.endOfLogLsn = source.endOfLogLsn;
  target.sizeBytes = source.sizeBytes;
}

function certificateOf(
  { sqlServer }: Extract<Agreement, { agreed: unknown }>["agreed"],
  instance: ManagedInstance,
): TrustCertificate | undefined {
  const bound = sqlServer.mirroringEndpoint?.authentication.find((method) => "certificateId" in method);
  const certificate = [...sqlServer.certificates.values()].find(({ id }) => id === bound?.certificateId);
  return [...instance.trustCertificates.values()].find(({ der }) => certificate?.der.equals(der));
}

export function expiryDate({ der }: TrustCertificate): string {
  return new X509Certificate(der).validToDate.toISOString().replace(".000Z", "Z");
}
