import type { Session } from "../tsql/host";
import { int, nvarchar, type SqlValue } from "../tsql/types";
import { text } from "./function-definition";
import type { Server } from "./server";

const name = (value: string): SqlValue => ({ type: nvarchar(128), value });

/** CONNECTIONPROPERTY answers NULL for a property that it does not know. */
export function connectionProperty(
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
      return { type: int, value: instance.tdsPort };
    case "client_net_address":
      return client ? name(client.address) : null;
    default:
      return null;
  }
}
