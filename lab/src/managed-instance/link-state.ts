import type { ReplicaPosition, Seeding } from "../network";
import { parseCertificate } from "../sql-server/certificates/parse";
import type { Database } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { formatMessage } from "../tsql/messages";
import { type Agreed, type Agreement, agreementOn } from "./agreement";
import type { Azure } from "./azure";
import { azureTime } from "./azure-time";
import type { Link, LinkedDatabase, LinkFailure, ManagedInstance, TrustCertificate } from "./managed-instance";
import { followRoles } from "./replicate";
import { seedingAt } from "./seeding";

/** The state of a link at the moment of asking. */
export interface LinkState {
  readonly isConnected: boolean;
  readonly isHealthy: boolean;
  readonly databases: readonly DatabaseState[];
  /** The trust certificate that the partner proves itself with. */
  readonly partnerCertificate?: TrustCertificate;
  readonly agreement: Agreement;
}

export interface DatabaseState {
  readonly database: LinkedDatabase;
  readonly replicaState:
    | "InitiatingLink"
    | "CreatingLink"
    | "Seeding"
    | "LinkSynchronizing"
    | "LinkFailoverInProgress"
    | LinkFailure["state"];
  readonly isHealthy: boolean;
  /** A forced failover was recorded with HEALTHY beside DISCONNECTED. */
  readonly isShownHealthy?: boolean;
  readonly error?: LinkFailure;
  readonly seeding?: Seeding;
  /** How far the secondary is, once it has been asked to catch up. */
  position(): ReplicaPosition | undefined;
  /** The managed instance's copy. */
  readonly copy?: Database;
}

export function linkState(link: Link, instance: ManagedInstance, azure: Azure): LinkState {
  const agreement = agreementOn(link, instance, azure);
  const all = (state: Omit<DatabaseState, "database" | "position" | "copy" | "seeding">) =>
    link.databases.map((database) => ({ ...factsOf(database, instance, azure), ...state }));
  if (link.phase === "failed" && link.failure) {
    const { failure: error } = link;
    const databases = all({ replicaState: error.state, isHealthy: false, error });
    return { agreement, databases, isConnected: false, isHealthy: false };
  }
  if ("disagreement" in agreement) {
    const { disagreement: error } = agreement;
    const databases =
      link.phase === "created"
        ? all({
            replicaState: "LinkSynchronizationError",
            isHealthy: false,
            isShownHealthy: error.isOfRoles,
            error,
          })
        : all({ replicaState: beginning(link), isHealthy: false, isShownHealthy: error.isOfRoles });
    return { agreement, databases, isConnected: false, isHealthy: false };
  }
  const partnerCertificate = certificateOf(agreement.agreed, instance);
  if (link.phase !== "created") {
    const isConnected = link.databases.some(({ seeding }) => seeding !== undefined);
    const replicaState = isConnected ? "CreatingLink" : beginning(link);
    return {
      agreement,
      partnerCertificate,
      databases: all({ replicaState, isHealthy: false }),
      isConnected,
      isHealthy: false,
    };
  }
  followRoles(link, instance, agreement.agreed.sqlServer, azure);
  const databases = link.databases.map((database) => ({
    ...factsOf(database, instance, azure),
    ...standing(database, link, agreement.agreed),
  }));
  const isWhole = agreement.agreed.group.databases.size === databases.length;
  const isHealthy = isWhole && databases.every((each) => each.isHealthy);
  return { agreement, partnerCertificate, databases, isConnected: true, isHealthy };
}

/** InitiatingLink was recorded only for links of several databases. */
function beginning({ linkMode }: Link): DatabaseState["replicaState"] {
  return linkMode === "MultiDatabase" ? "InitiatingLink" : "CreatingLink";
}

function factsOf(
  database: LinkedDatabase,
  { engine }: ManagedInstance,
  { clock }: Azure,
): Pick<DatabaseState, "database" | "position" | "copy" | "seeding"> {
  return {
    database,
    copy: engine.databases.get(nameKey(database.name)),
    position: () => database.replication?.position(),
    seeding: database.seeding && seedingAt(database.seeding, clock.now()),
  };
}

/** The state of one database of a connected link: it may have left the group, or be copied still. */
function standing(
  { name, failure, replication }: LinkedDatabase,
  link: Link,
  { group }: Agreed,
): Pick<DatabaseState, "replicaState" | "isHealthy" | "error"> {
  const error = failure ?? (group.databases.has(nameKey(name)) ? undefined : removedFromGroup(name));
  if (error) return { replicaState: error.state, isHealthy: false, error };
  if (replication?.target.state === "RESTORING") return { replicaState: "Seeding", isHealthy: false };
  const isHealthy = !replication?.source.isSuspended && !replication?.target.isSuspended;
  return { replicaState: link.isFailingOver ? "LinkFailoverInProgress" : "LinkSynchronizing", isHealthy };
}

function removedFromGroup(name: string): LinkFailure {
  return { state: "LinkSynchronizationError", number: 47522, text: formatMessage(47522, name).text };
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
  return azureTime(parseCertificate(der).notAfter);
}
