import { ArmError } from "./arm-error";
import type { Azure } from "./azure";
import type { Call } from "./exchange";
import type { ManagedInstance } from "./managed-instance";

/** Whether an instance makes nothing else while it makes a link: older instances do not, newer ones do. */
export function isHeldByLink({ links }: ManagedInstance, { options }: Pick<Azure, "options">): boolean {
  return !options.linksSideBySide && [...links.values()].some(({ phase }) => phase === "creating");
}

export function refuseWhileCreatingLink({ instance, azure }: Call, operation: string): void {
  if (isHeldByLink(instance, azure)) throw creatingLink(operation);
}

/** The refusal of an operation that cannot begin while a link copies its database. */
export function creatingLink(operation: string): ArmError {
  return new ArmError(
    400,
    "OperationCanNotStartDueToMiLink",
    `The '${operation}' operation cannot be completed as there exists a database in a process of creation through Managed Instance link. Please wait for the link creation to complete, or delete the link, and retry the operation again.`,
  );
}
