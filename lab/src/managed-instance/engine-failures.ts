import { formatMessage, type SqlError } from "../tsql/messages";
import type { LinkFailure } from "./managed-instance";
import type { OperationFailure } from "./operations";

/** The specification's codes and words for what the engine refuses when roles change. */
const roleChanges: Readonly<Record<number, OperationFailure>> = {
  41965: {
    code: "DistributedAvailabilityGroupSetRoleInstanceAlreadyInRequestedRole",
    message: formatMessage(41965).text,
  },
  41968: {
    code: "DistributedAvailabilityGroupSetRoleChangeRoleAlreadyInProgress",
    message: formatMessage(41968).text,
  },
  41970: {
    code: "DistributedAvailabilityGroupSetRolePrimaryPlannedNotSupported",
    message: formatMessage(41970).text,
  },
  47514: {
    code: "DistributedAvailabilityGroupFailoverSecondariesNotSynchronizing",
    message: "Planned failover cannot be executed if secondaries are not synchronizing.",
  },
  47515: {
    code: "DistributedAvailabilityGroupFailoverLogSendQueueSizeTooBig",
    message: "Planned failover cannot be executed if send queue is too large.",
  },
  47516: {
    code: "DistributedAvailabilityGroupFailoverRedoQueueSizeTooBig",
    message: "Planned failover cannot be executed if redo queue is too large on secondary.",
  },
};

export function roleChangeFailure({ number, text }: SqlError): OperationFailure {
  return (
    roleChanges[number] ?? {
      code: "DistributedAvailabilityGroupSetRoleFailed",
      message: `${formatMessage(41969).text} (${number}: ${text})`,
    }
  );
}

/** The failure that a link's creation ends with. The resource keeps the engine's own number. */
export function creationFailure({ number }: LinkFailure): OperationFailure {
  if (number === 41973)
    return {
      code: "ManagedInstanceLinkCertificateNotFoundOnManagedInstance",
      message:
        "Managed instance link connection can not be established due to certificate missing on the managed instance.",
    };
  if (number === 41974)
    return {
      code: "ManagedInstanceLinkCertificateNotFoundOnSqlServer",
      message:
        "Managed instance link connection can not be established due to certificate missing on the on-prem sql server.",
    };
  if (number === 41977)
    return {
      code: "ManagedInstanceLinkIsNotInTheCatchupState",
      message:
        "The link with Managed Instance is not in the catchup state after the data copy link operation completed.",
    };
  return { code: "ManagedInstanceLinkConnectivityIsNotEstablished", message: formatMessage(41962, 5).text };
}

/** The link was deleted while its database was copied. */
export const linkIsNotFound: OperationFailure = {
  code: "ManagedInstanceLinkIsNotFound",
  message:
    "The link with Managed Instance was not successfully created or was deleted before data copy operation has completed.",
};

/** Another operation on the link came in between: it was deleted, or its instance was stopped. */
export const interrupted: OperationFailure = {
  code: "OperationInterrupted",
  message:
    "The operation on the resource could not be completed because it was interrupted by another operation on the same resource.",
};
