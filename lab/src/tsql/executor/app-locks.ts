import { type AppLockOwner, appLockMode, getAppLock, releaseAppLock } from "../data/app-locks";
import { lockTimeout } from "../data/session-options";
import { sqlError } from "../messages";
import type { PassedParameter } from "./arguments";
import { textArgument } from "./arguments";
import type { Run } from "./run";

/** sp_getapplock and sp_releaseapplock wait as statements do, which the server's other procedures never have to. */
export const appLockProcedures: Readonly<
  Record<string, (passed: readonly PassedParameter[], run: Run) => Promise<number> | number>
> = {
  sp_getapplock(passed, run) {
    const mode = appLockMode(textArgument(passed, 1, "lockmode") ?? "");
    if (!mode) throw sqlError(8114, "nvarchar", "LockMode");
    const timeout = textArgument(passed, 3, "locktimeout") ?? lockTimeout(run.session);
    return getAppLock({ ...requestOf(passed, 2, run), mode, timeout: Number(timeout) }, run.session, run.signal);
  },
  sp_releaseapplock(passed, run) {
    const request = requestOf(passed, 1, run);
    if (!releaseAppLock(request, run.session)) throw sqlError(1223, "public", request.resource);
    return 0;
  },
};

function requestOf(passed: readonly PassedParameter[], ownerAt: number, { session }: Run) {
  const resource = textArgument(passed, 0, "resource");
  const database = session.host.database?.(session.database, session);
  if (resource === undefined || !database) throw sqlError(201, "sp_getapplock", "@Resource");
  const isOfSession = textArgument(passed, ownerAt, "lockowner")?.toLowerCase() === "session";
  const owner: AppLockOwner = isOfSession ? "Session" : "Transaction";
  return { store: database.store, resource: resource.slice(0, 255), owner };
}
