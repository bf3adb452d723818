import { sqlError } from "../messages";
import type { AlterAvailabilityGroup, CreateAvailabilityGroup, ReplicaSpec } from "../syntax/availability-group";
import { type Cursor, identifier, integerLiteral, list, parenthesizedList, stringLiteral } from "./cursor";
import { skipParentheses } from "./query";

/** Options of WITH (...) and SET (...); the value tells how they are written. */
const groupOptions: Readonly<Record<string, readonly string[] | "number" | "none">> = {
  AUTOMATED_BACKUP_PREFERENCE: ["PRIMARY", "SECONDARY_ONLY", "SECONDARY", "NONE"],
  FAILURE_CONDITION_LEVEL: "number",
  HEALTH_CHECK_TIMEOUT: "number",
  DB_FAILOVER: ["ON", "OFF"],
  DTC_SUPPORT: ["PER_DB", "NONE"],
  BASIC: "none",
  DISTRIBUTED: "none",
  CONTAINED: "none",
  REUSE_SYSTEM_DATABASES: "none",
  REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT: "number",
  CLUSTER_TYPE: ["WSFC", "EXTERNAL", "NONE"],
  WRITE_LEASE_VALIDITY: "number",
  ROLE: ["SECONDARY"],
};

/** https://learn.microsoft.com/sql/t-sql/statements/create-availability-group-transact-sql */
export function createAvailabilityGroup(cursor: Cursor): CreateAvailabilityGroup {
  const name = identifier(cursor);
  const all = cursor.accept("WITH") ? options(cursor) : {};
  const { DISTRIBUTED, CLUSTER_TYPE, ...rest } = all;
  const base = {
    kind: "createAvailabilityGroup",
    name,
    distributed: DISTRIBUTED !== undefined,
    clusterType: CLUSTER_TYPE as CreateAvailabilityGroup["clusterType"],
    options: rest,
  } as const;
  if (cursor.accept("AVAILABILITY", "GROUP", "ON")) {
    if (!base.distributed) cursor.raise(sqlError(19498));
    return { ...base, databases: [], replicas: list(cursor, () => replica(cursor, "LISTENER_URL")) };
  }
  cursor.expect("FOR");
  const databases = cursor.accept("DATABASE") ? list(cursor, () => identifier(cursor)) : [];
  cursor.expect("REPLICA", "ON");
  return { ...base, databases, replicas: list(cursor, () => replica(cursor, "ENDPOINT_URL")) };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-availability-group-transact-sql */
export function alterAvailabilityGroup(cursor: Cursor): AlterAvailabilityGroup {
  return { kind: "alterAvailabilityGroup", name: identifier(cursor), action: action(cursor) };
}

function action(cursor: Cursor): AlterAvailabilityGroup["action"] {
  if (cursor.accept("SET")) return { kind: "set", options: options(cursor) };
  if (cursor.accept("FAILOVER")) return { kind: "failover" };
  if (cursor.accept("FORCE_FAILOVER_ALLOW_DATA_LOSS")) return { kind: "forceFailoverAllowDataLoss" };
  if (cursor.accept("GRANT")) return createAnyDatabase(cursor, "grantCreateAnyDatabase");
  if (cursor.accept("DENY")) return createAnyDatabase(cursor, "denyCreateAnyDatabase");
  if (cursor.accept("MODIFY", "AVAILABILITY")) {
    cursor.expect("GROUP", "ON");
    return { kind: "modifyMembers", members: list(cursor, () => replica(cursor, "LISTENER_URL")) };
  }
  const verb = cursor.choose("ADD", "REMOVE", "MODIFY");
  if (verb !== "MODIFY" && cursor.accept("DATABASE")) {
    return {
      kind: verb === "ADD" ? "addDatabase" : "removeDatabase",
      databases: list(cursor, () => identifier(cursor)),
    };
  }
  cursor.expect("REPLICA", "ON");
  if (verb === "REMOVE") return { kind: "removeReplica", names: list(cursor, () => stringLiteral(cursor)) };
  return {
    kind: verb === "ADD" ? "addReplica" : "modifyReplica",
    replicas: list(cursor, () => replica(cursor, "ENDPOINT_URL")),
  };
}

function createAnyDatabase<K extends "grantCreateAnyDatabase" | "denyCreateAnyDatabase">(
  cursor: Cursor,
  kind: K,
): { kind: K } {
  cursor.expect("CREATE", "ANY", "DATABASE");
  return { kind };
}

function options(cursor: Cursor): Record<string, string> {
  const found: Record<string, string> = {};
  parenthesizedList(cursor, () => {
    const token = cursor.peek();
    const values = groupOptions[token.keyword] ?? cursor.fail();
    cursor.next();
    if (values === "none") found[token.keyword] = "";
    else {
      cursor.expect("=");
      found[token.keyword] = values === "number" ? String(integerLiteral(cursor)) : cursor.choose(...values);
    }
  });
  return found;
}

type Draft = { -readonly [K in keyof ReplicaSpec]: ReplicaSpec[K] };

/** N'name' WITH (option, ...): each option once, in any order. */
function replica(cursor: Cursor, urlOption: "ENDPOINT_URL" | "LISTENER_URL"): ReplicaSpec {
  const draft: Draft = { name: stringLiteral(cursor) };
  cursor.expect("WITH");
  const seen = new Set<string>();
  parenthesizedList(cursor, () => {
    const { keyword, text } = cursor.peek();
    if (seen.has(keyword)) cursor.raise(sqlError(102, text));
    seen.add(keyword);
    replicaOption(cursor, draft, urlOption);
  });
  return draft;
}

function replicaOption(cursor: Cursor, draft: Draft, urlOption: string): void {
  if (cursor.accept("PRIMARY_ROLE")) {
    draft.primaryAllowConnections = roleOptions(cursor, ["ALL", "READ_WRITE"]) ?? draft.primaryAllowConnections;
    return;
  }
  if (cursor.accept("SECONDARY_ROLE")) {
    draft.secondaryAllowConnections =
      roleOptions(cursor, ["ALL", "READ_ONLY", "NO"]) ?? draft.secondaryAllowConnections;
    return;
  }
  const option = cursor.choose(
    urlOption,
    "AVAILABILITY_MODE",
    "FAILOVER_MODE",
    "SEEDING_MODE",
    "SESSION_TIMEOUT",
    "BACKUP_PRIORITY",
  );
  cursor.expect("=");
  switch (option) {
    case urlOption:
      draft.url = stringLiteral(cursor);
      break;
    case "AVAILABILITY_MODE":
      draft.availabilityMode = cursor.choose("SYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT", "CONFIGURATION_ONLY");
      break;
    case "FAILOVER_MODE":
      draft.failoverMode = cursor.choose("AUTOMATIC", "MANUAL", "EXTERNAL");
      break;
    case "SEEDING_MODE":
      draft.seedingMode = cursor.choose("AUTOMATIC", "MANUAL");
      break;
    case "SESSION_TIMEOUT":
      draft.sessionTimeout = integerLiteral(cursor);
      break;
    default:
      draft.backupPriority = integerLiteral(cursor);
  }
}

/** Read-only routing plays no part in a link: its lists and URLs are read and left. */
function roleOptions<K extends string>(cursor: Cursor, connections: readonly K[]): K | undefined {
  let allowed: K | undefined;
  parenthesizedList(cursor, () => {
    const option = cursor.choose(
      "ALLOW_CONNECTIONS",
      "READ_ONLY_ROUTING_LIST",
      "READ_ONLY_ROUTING_URL",
      "READ_WRITE_ROUTING_URL",
    );
    cursor.expect("=");
    if (option === "ALLOW_CONNECTIONS") allowed = cursor.choose(...connections);
    else if (option !== "READ_ONLY_ROUTING_LIST") stringLiteral(cursor);
    else if (!cursor.accept("NONE")) skipParentheses(cursor);
  });
  return allowed;
}
