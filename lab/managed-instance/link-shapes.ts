import type { Shape } from "./api-versions";
import { expiryDate, type LinkState, linkState } from "./link-state";
import type { Azure, Link, ManagedInstance } from "./managed-instance";
import { seedingProgress } from "./seeding";

/** `properties` of the link resource; positions and lags as a link shows them whose secondary is the instance. */
export function linkProperties(link: Link, instance: ManagedInstance, azure: Azure, shape: Shape): object {
  const state = linkState(link, instance, azure);
  return shape === "old" ? oldProperties(link, state) : newProperties(link, state, azure);
}

function newProperties(link: Link, state: LinkState, azure: Azure): object {
  return {
    distributedAvailabilityGroupName: link.name,
    distributedAvailabilityGroupId: link.id,
    replicationMode: link.replicationMode,
    partnerLinkRole: "Primary",
    partnerAvailabilityGroupName: link.partnerAvailabilityGroupName,
    partnerEndpoint: link.partnerEndpoint,
    instanceLinkRole: "Secondary",
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
        synchronizationHealth: state.isHealthy ? "HEALTHY" : "NOT_HEALTHY",
        connectedState: state.isConnected ? "CONNECTED" : "DISCONNECTED",
        ...positions(state, azure),
        ...(state.error ? { mostRecentLinkError: String(state.error.number) } : {}),
        partnerAuthCertValidity: state.partnerCertificate
          ? { certificateName: state.partnerCertificate.name, expiryDate: expiryDate(state.partnerCertificate) }
          : {},
        ...(state.isHealthy ? { instanceSendReplicationLagSeconds: 0, instanceRedoReplicationLagSeconds: 0 } : {}),
      },
    ],
  };
}

function progress({ seeding, replicaState }: LinkState): object {
  return seeding && replicaState === "CreatingLink" ? { seedingProgress: seedingProgress(seeding) } : {};
}

function positions({ copy, isHealthy }: LinkState, { clock }: Azure): object {
  if (!copy || !isHealthy) return {};
  const now = clock.now().toISOString();
  return {
    lastReceivedLsn: "1",
    lastReceivedTime: now,
    lastCommitLsn: "0",
    lastHardenedLsn: String(copy.endOfLogLsn),
    lastHardenedTime: now,
  };
}

/** The groups' names are write-only in this shape. */
function oldProperties(link: Link, { replicaState, copy, isHealthy }: LinkState): object {
  return {
    targetDatabase: link.database,
    sourceEndpoint: link.partnerEndpoint,
    replicationMode: link.replicationMode,
    distributedAvailabilityGroupId: link.id,
    sourceReplicaId: link.partnerReplicaId,
    targetReplicaId: link.instanceReplicaId,
    linkState: oldStates[replicaState] ?? replicaState,
    ...(copy && isHealthy ? { lastHardenedLsn: String(copy.endOfLogLsn) } : {}),
  };
}

const oldStates: Readonly<Record<string, string>> = { CreatingLink: "Copying", LinkSynchronizing: "Catchup" };
