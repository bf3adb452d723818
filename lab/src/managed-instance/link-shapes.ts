import type { Shape } from "./api-versions";
import type { Azure } from "./azure";
import { thumbprint } from "./azure-pki";
import { azureTime } from "./azure-time";
import { type DatabaseState, expiryDate, type LinkState, linkState } from "./link-state";
import type { Link, ManagedInstance } from "./managed-instance";
import { seedingProgress } from "./seeding";

/** `properties` of the link resource. */
export function linkProperties(link: Link, instance: ManagedInstance, azure: Azure, shape: Shape): object {
  const state = linkState(link, instance, azure);
  if (shape === "old") return oldProperties(link, state);
  if (shape === "old with role") return { ...oldProperties(link, state), instanceRole: link.role };
  return newProperties(link, state, azure, shape === "hybrid");
}

function newProperties(link: Link, state: LinkState, azure: Azure, showsCertificateId: boolean): object {
  const hasSeveral = link.linkMode === "MultiDatabase";
  return {
    distributedAvailabilityGroupName: link.name,
    distributedAvailabilityGroupId: link.id,
    replicationMode: link.replicationMode,
    partnerLinkRole: link.role === "Primary" ? "Secondary" : "Primary",
    partnerAvailabilityGroupName: link.partnerAvailabilityGroupName,
    partnerEndpoint: link.partnerEndpoint,
    instanceLinkRole: link.role,
    instanceAvailabilityGroupName: link.instanceAvailabilityGroupName,
    // A recorded link of several databases does not show the failover mode None.
    ...(hasSeveral && link.failoverMode === "None" ? {} : { failoverMode: link.failoverMode }),
    seedingMode: "Automatic",
    ...(hasSeveral ? { linkMode: link.linkMode } : {}),
    databases: state.databases.map((each) => databaseProperties(each, link, state, azure, showsCertificateId)),
  };
}

function databaseProperties(
  each: DatabaseState,
  link: Link,
  state: LinkState,
  azure: Azure,
  showsCertificateId: boolean,
): object {
  const { database, replicaState, isHealthy, isShownHealthy, error } = each;
  const ids = {
    databaseName: database.name,
    instanceReplicaId: database.instanceReplicaId,
    partnerReplicaId: database.partnerReplicaId,
    replicaState,
  };
  // A recorded link of several databases does not show the partner's certificate.
  const partnerAuthCertValidity = link.linkMode === "MultiDatabase" ? {} : validity(state, showsCertificateId);
  if (replicaState === "InitiatingLink") return { ...ids, partnerAuthCertValidity };
  return {
    ...ids,
    ...progress(each),
    synchronizationHealth: isHealthy || isShownHealthy ? "HEALTHY" : "NOT_HEALTHY",
    connectedState: state.isConnected ? "CONNECTED" : "DISCONNECTED",
    ...(link.role === "Primary" ? positionsOfPrimary(each, link, azure) : positions(each)),
    ...(error ? { mostRecentLinkError: String(error.number) } : {}),
    partnerAuthCertValidity,
    ...(isHealthy ? lags(each) : {}),
  };
}

function progress({ seeding, replicaState }: DatabaseState): object {
  const isCopied = replicaState === "CreatingLink" || replicaState === "Seeding";
  return seeding && isCopied ? { seedingProgress: seedingProgress(seeding) } : {};
}

function lags(state: DatabaseState): object {
  const { sendLagSeconds = 0, redoLagSeconds = 0 } = state.position() ?? {};
  return {
    instanceSendReplicationLagSeconds: Math.round(sendLagSeconds),
    instanceRedoReplicationLagSeconds: Math.round(redoLagSeconds),
  };
}

/** lastCommitLsn was recorded as "0" on a secondary. */
function positions({ isHealthy, position }: DatabaseState): object {
  const at = position();
  if (!at || !isHealthy) return {};
  return {
    lastReceivedLsn: String(at.hardenedLsn),
    lastReceivedTime: azureTime(at.hardenedAt),
    lastCommitLsn: "0",
    lastHardenedLsn: String(at.hardenedLsn),
    lastHardenedTime: azureTime(at.hardenedAt),
  };
}

/** The instance backs its databases up by itself; the lab pretends that it did so when the log began. */
function positionsOfPrimary(
  { copy, isHealthy, position }: DatabaseState,
  { linkMode }: Link,
  { clock }: Azure,
): object {
  const at = position();
  if (!copy || !at || !isHealthy) return {};
  const [end, backup] = [String(copy.endOfLogLsn), String(copy.lastLogBackupLsn ?? copy.endOfLogLsn)];
  return {
    lastSentLsn: String(at.hardenedLsn),
    lastSentTime: azureTime(at.hardenedAt),
    // A recorded link of several databases shows no commits: the LSN is "0", and the time is missing.
    ...(linkMode === "MultiDatabase"
      ? { lastCommitLsn: "0" }
      : { lastCommitLsn: end, lastCommitTime: azureTime(clock.now()) }),
    lastHardenedLsn: String(at.hardenedLsn),
    lastHardenedTime: azureTime(at.hardenedAt),
    lastBackupLsn: backup,
    lastBackupTime: azureTime(copy.created),
  };
}

function validity({ partnerCertificate }: LinkState, showsId: boolean): object {
  if (!partnerCertificate) return {};
  const { name, der } = partnerCertificate;
  const certificate = { certificateName: name, expiryDate: expiryDate(partnerCertificate) };
  return showsId ? { certificateId: thumbprint(der), ...certificate } : certificate;
}

/** This shape does not show the groups' names, and is older than links of several databases. */
function oldProperties(link: Link, { databases: [state] }: LinkState): object {
  const { copy, isHealthy } = state ?? {};
  return {
    targetDatabase: state?.database.name,
    sourceEndpoint: link.partnerEndpoint,
    replicationMode: link.replicationMode,
    distributedAvailabilityGroupId: link.id,
    sourceReplicaId: link.partnerReplicaId,
    targetReplicaId: link.instanceReplicaId,
    linkState: oldStates[state?.replicaState ?? ""] ?? state?.replicaState,
    ...(copy && isHealthy ? { lastHardenedLsn: String(state?.position()?.hardenedLsn ?? copy.endOfLogLsn) } : {}),
  };
}

const oldStates: Readonly<Record<string, string>> = { CreatingLink: "Copying", LinkSynchronizing: "Catchup" };
