import type { Session } from "../tsql/host";
import { int, nvarchar, type SqlType, type SqlValue, sysname } from "../tsql/types";
import { type Definition, text } from "./function-definition";
import { findByName } from "./names";
import type { Server } from "./server";

const variant: SqlType = { name: "sql_variant" };
const name = (value: string): SqlValue => ({ type: nvarchar(128), value });
const number = (value: number): SqlValue => ({ type: int, value });

/** CONNECTIONPROPERTY: NULL for what it does not know. */
function connectionProperty(
  { instance, sessions }: Server,
  [property]: readonly SqlValue[],
  session: Session,
): SqlValue {
  const client = sessions.get(session.spid)?.client;
  switch (text(property).toLowerCase()) {
    case "net_transport":
    case "physical_net_transport":
      return name("TCP");
    case "protocol_type":
      return name("TSQL");
    case "auth_scheme":
      return name("SQL");
    case "local_net_address":
      return name(instance.address);
    case "local_tcp_port":
      return number(instance.tdsPort);
    case "client_net_address":
      return client ? name(client.address) : null;
    default:
      return null;
  }
}

/** LOGINPROPERTY: NULL for logins that are not there, or of no password. */
function loginProperty({ instance, clock }: Server, [login, property]: readonly SqlValue[]): SqlValue {
  const found = findByName(instance.logins, text(login));
  if (!found || found.isWindows) return null;
  switch (text(property).toLowerCase()) {
    case "islocked":
    case "isexpired":
      return number(0);
    case "ismustchange":
      return number(Number(found.mustChangePassword ?? false));
    case "badpasswordcount":
    case "historylength":
    case "lockouttime":
      return number(0);
    case "passwordlastsettime":
      return { type: { name: "datetime" }, value: found.created };
    case "defaultdatabase":
      return name(found.defaultDatabase ?? "master");
    case "defaultlanguage":
      return name("us_english");
    case "daysuntilexpiration":
      return number(Math.max(0, 42 - Math.floor((clock.now().getTime() - found.created.getTime()) / 86_400_000)));
    default:
      return null;
  }
}

function collationProperty(_: Server, [collation, property]: readonly SqlValue[]): SqlValue {
  if (!/^(SQL_)?Latin1_General/i.test(text(collation))) return null;
  const values: Readonly<Record<string, number>> = { codepage: 1252, lcid: 1033, comparisonstyle: 196609, version: 0 };
  const value = values[text(property).toLowerCase()];
  return value === undefined ? null : number(value);
}

export const connectionFunctions: Readonly<Record<string, Definition>> = {
  CONNECTIONPROPERTY: { type: variant, arity: [1, 1], call: connectionProperty },
  LOGINPROPERTY: { type: variant, arity: [2, 2], call: loginProperty },
  COLLATIONPROPERTY: { type: variant, arity: [2, 2], call: collationProperty },
  ORIGINAL_DB_NAME: { type: sysname, arity: [0, 0], call: () => "master" },
};
