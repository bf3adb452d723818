import { X509Certificate } from "node:crypto";
import type { ReplicaPosition, Seeding } from "../network";
import type { Database } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { type Agreement, agreementOn } from "./agreement";
import { azureTime } from "./azure-time";
import type { Azure, Link, LinkFailure, ManagedInstance, TrustCertificate } from "./managed-instance";
import { followRoles } from "./replicate";
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
  /** How far the secondary is, once it has been asked to catch up. */
  position(): ReplicaPosition | undefined;
  /** Of the managed instance. */
  readonly copy?: Database;
  /** The trust certificate that the partner proves itself with. */
  readonly partnerCertificate?: TrustCertificate;
  readonly agreement: Agreement;
}

export function linkState(link: Link, instance: ManagedInstance, azure: Azure): LinkState {
  const agreement = agreementOn(link, instance, azure);
  const copy = instance.engine.databases.get(nameKey(link.database));
  const common = {
    copy,
    agreement,
    position: () => link.replication?.position(),
    seeding: link.seeding && seedingAt(link.seeding, azure.clock.now()),
  };
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
  followRoles(link, instance, agreement.agreed.sqlServer, azure);
  const replicaState = link.isFailingOver ? "LinkFailoverInProgress" : "LinkSynchronizing";
  return { ...common, partnerCertificate, replicaState, isConnected: true, isHealthy: true };
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
  return azureTime(new X509Certificate(der).validToDate);
}
