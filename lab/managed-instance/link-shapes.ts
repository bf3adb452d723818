import type { Shape } from "./api-versions";
import { thumbprint } from "./azure-pki";
import { azureTime } from "./azure-time";
import { expiryDate, type LinkState, linkState } from "./link-state";
import type { Azure, Link, ManagedInstance } from "./managed-instance";
import { seedingProgress } from "./seeding";

/** `properties` of the link resource. */
export function linkProperties(link: Link, instance: ManagedInstance, azure: Azure, shape: Shape): object {
  const state = linkState(link, instance, azure);
  if (shape === "old") return oldProperties(link, state);
  if (shape === "old with role") return { ...oldProperties(link, state), instanceRole: link.role };
  return newProperties(link, state, azure, shape === "hybrid");
}

function newProperties(link: Link, state: LinkState, azure: Azure, showsCertificateId: boolean): object {
  return {
    distributedAvailabilityGroupName: link.name,
    distributedAvailabilityGroupId: link.id,
    replicationMode: link.replicationMode,
    partnerLinkRole: link.role === "Primary" ? "Secondary" : "Primary",
    partnerAvailabilityGroupName: link.partnerAvailabilityGroupName,
    partnerEndpoint: link.partnerEndpoint,
    instanceLinkRole: link.role,
    instanceAvailabilityGroupName: link.instanceAvailabilityGroupName,
    failoverMode: link.failoverMode,
    seedingMode: "Automatic",
    databases: [
      {
        databaseName: link.database,
        instanceReplicaId: link.instanceReplicaId,
        partnerReplicaId: link.partnerReplicaId,
        replicaState: state.replicaState,
        ...progress(state),
        synchronizationHealth: state.isHealthy || state.isShownHealthy ? "HEALTHY" : "NOT_HEALTHY",
        connectedState: state.isConnected ? "CONNECTED" : "DISCONNECTED",
        ...(link.role === "Primary" ? positionsOfPrimary(state, azure) : positions(state)),
        ...(state.error ? { mostRecentLinkError: String(state.error.number) } : {}),
        partnerAuthCertValidity: validity(state, showsCertificateId),
        ...(state.isHealthy ? lags(state) : {}),
      },
    ],
  };
}

function progress({ seeding, replicaState }: LinkState): object {
  return seeding && replicaState === "CreatingLink" ? { seedingProgress: seedingProgress(seeding) } : {};
}

function lags(state: LinkState): object {
  const { sendLagSeconds = 0, redoLagSeconds = 0 } = state.position() ?? {};
  return {
    instanceSendReplicationLagSeconds: Math.round(sendLagSeconds),
    instanceRedoReplicationLagSeconds: Math.round(redoLagSeconds),
  };
}

/** lastCommitLsn was recorded as "0" on a secondary. */
function positions({ isHealthy, position }: LinkState): object {
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

/** An instance backs its databases up by itself; the lab's has done so at the beginning of the log. */
function positionsOfPrimary({ copy, isHealthy, position }: LinkState, { clock }: Azure): object {
  const at = position();
  if (!copy || !at || !isHealthy) return {};
  const [end, backup] = [String(copy.endOfLogLsn), String(copy.lastLogBackupLsn ?? copy.endOfLogLsn)];
  return {
    lastSentLsn: String(at.hardenedLsn),
    lastSentTime: azureTime(at.hardenedAt),
    lastCommitLsn: end,
    lastCommitTime: azureTime(clock.now()),
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

/** The groups' names are write-only in this shape. */
function oldProperties(link: Link, { replicaState, copy, isHealthy, position }: LinkState): object {
  return {
    targetDatabase: link.database,
    sourceEndpoint: link.partnerEndpoint,
    replicationMode: link.replicationMode,
    distributedAvailabilityGroupId: link.id,
    sourceReplicaId: link.partnerReplicaId,
    targetReplicaId: link.instanceReplicaId,
    linkState: oldStates[replicaState] ?? replicaState,
    ...(copy && isHealthy ? { lastHardenedLsn: String(position()?.hardenedLsn ?? copy.endOfLogLsn) } : {}),
  };
}

const oldStates: Readonly<Record<string, string>> = { CreatingLink: "Copying", LinkSynchronizing: "Catchup" };
