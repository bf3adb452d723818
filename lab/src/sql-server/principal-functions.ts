import type { Session } from "../tsql/host";
import { int, type SqlValue, sysname } from "../tsql/types";
import { sameName } from "../tsql/values/collation";
import { databaseUser } from "./database-permissions";
import { type Definition, text } from "./function-definition";
import { findByName, nameKey } from "./names";
import { withRoles } from "./permissions";
import type { Server } from "./server";
import { databaseRoles } from "./server-roles";

interface Principal {
  readonly id: number;
  readonly name: string;
}

function principals({ instance }: Server, session: Session): Principal[] {
  const database = findByName(instance.databases, session.database);
  const own = [...(database?.users.values() ?? []), ...(database?.roles.values() ?? [])];
  return [
    { id: 0, name: "public" },
    { id: 1, name: "dbo" },
    { id: 2, name: "guest" },
    { id: 3, name: "INFORMATION_SCHEMA" },
    { id: 4, name: "sys" },
    ...databaseRoles.map(([id, name]) => ({ id, name })),
    ...own.filter(({ principalId }) => principalId !== 0).map(({ principalId, name }) => ({ id: principalId, name })),
  ];
}

/** The session's own user in its database. */
function own(server: Server, session: Session): string {
  const database = findByName(server.instance.databases, session.database);
  const user = database && databaseUser(server, database, session);
  return typeof user === "object" ? user.name : (user ?? "guest");
}

function userNameOf(server: Server, [id]: readonly SqlValue[], session: Session): SqlValue {
  if (id === undefined) return own(server, session);
  return principals(server, session).find((principal) => principal.id === Number(id))?.name ?? null;
}

function principalId(server: Server, [name]: readonly SqlValue[], session: Session): SqlValue {
  const wanted = name === undefined ? own(server, session) : text(name);
  return principals(server, session).find((principal) => sameName(principal.name, wanted))?.id ?? null;
}

/** NULL for a role that does not exist; dbo is in every one that matters. */
function isMember(server: Server, [role, user]: readonly SqlValue[], session: Session): SqlValue {
  const database = findByName(server.instance.databases, session.database);
  const key = nameKey(text(role));
  if (!database || !principals(server, session).some(({ name }) => sameName(name, key))) return null;
  if (key === "public") return 1;
  const known = user === undefined ? databaseUser(server, database, session) : findByName(database.users, text(user));
  if (user === undefined && known === "dbo") return Number(key === "db_owner" || !key.startsWith("db_deny"));
  if (user !== undefined && sameName(text(user), "dbo")) return Number(key === "db_owner");
  if (user !== undefined && !known) return null;
  const roles =
    typeof known === "object" ? [...withRoles(known, database.roles)].flatMap((holder) => [...holder.roles]) : [];
  return Number(roles.includes(key));
}

export const principalFunctions: Readonly<Record<string, Definition>> = {
  SUSER_ID: {
    type: int,
    arity: [0, 1],
    call: ({ instance }, [name], session) =>
      findByName(instance.logins, text(name ?? session.login))?.principalId ?? null,
  },
  USER_NAME: { type: sysname, arity: [0, 1], call: userNameOf },
  USER_ID: { type: int, arity: [0, 1], call: principalId },
  DATABASE_PRINCIPAL_ID: { type: int, arity: [0, 1], call: principalId },
  IS_MEMBER: { type: int, arity: [1, 1], call: isMember },
  IS_ROLEMEMBER: { type: int, arity: [1, 2], call: isMember },
};
