import { sqlError } from "../messages";
import type { EndpointStatement } from "../syntax/endpoint";
import { type Cursor, identifier, integerLiteral, list, parenthesizedList, stringLiteral } from "./cursor";
import { skipParentheses } from "./query";

type Mirroring = Pick<EndpointStatement, "role" | "authentication" | "encryption">;

/** https://learn.microsoft.com/sql/t-sql/statements/create-endpoint-transact-sql */
export function endpoint(cursor: Cursor, kind: EndpointStatement["kind"]): EndpointStatement {
  const name = identifier(cursor);
  const owner = cursor.accept("AUTHORIZATION") ? identifier(cursor) : undefined;
  let state: EndpointStatement["state"];
  if (cursor.accept("STATE")) {
    cursor.expect("=");
    state = cursor.choose("STARTED", "STOPPED", "DISABLED");
  }
  const tcp = cursor.accept("AS") ? tcpClause(cursor) : undefined;
  let payload: EndpointStatement["payload"];
  let mirroring: Mirroring = {};
  if (cursor.accept("FOR")) {
    payload = cursor.choose("DATABASE_MIRRORING", "SERVICE_BROKER", "TSQL");
    if (payload === "DATABASE_MIRRORING") mirroring = mirroringClause(cursor);
    else if (cursor.accept("(", ")")) mirroring = {};
    else skipParentheses(cursor);
  }
  if (kind === "createEndpoint") {
    if (!tcp || !payload) cursor.fail();
    if (tcp.port === undefined) cursor.raise(sqlError(7801, "LISTENER_PORT"));
    if (payload === "DATABASE_MIRRORING" && !mirroring.role) cursor.raise(sqlError(7801, "ROLE"));
  }
  return { kind, name, owner, state, tcp, payload, ...mirroring };
}

function tcpClause(cursor: Cursor): NonNullable<EndpointStatement["tcp"]> {
  cursor.expect("TCP");
  let port: number | undefined;
  let ip: string | undefined;
  parenthesizedList(cursor, () => {
    const option = cursor.choose("LISTENER_PORT", "LISTENER_IP");
    cursor.expect("=");
    if (option === "LISTENER_PORT") port = integerLiteral(cursor);
    else ip = listenerIp(cursor);
  });
  return { port, ip };
}

/** Parses ALL, '::1', ('::1') or (10.0.0.4); an address without quotes consists of several number tokens. */
function listenerIp(cursor: Cursor): string {
  if (cursor.accept("ALL")) return "ALL";
  if (cursor.peek().kind === "string") return stringLiteral(cursor);
  cursor.expect("(");
  let ip = "";
  if (cursor.peek().kind === "string") ip = stringLiteral(cursor);
  else while (cursor.peek().kind === "number" || cursor.at(".")) ip += cursor.next().text;
  cursor.expect(")");
  return ip;
}

function mirroringClause(cursor: Cursor): Mirroring {
  let role: Mirroring["role"];
  let authentication: Mirroring["authentication"];
  let encryption: Mirroring["encryption"];
  cursor.expect("(");
  list(cursor, () => {
    const option = cursor.choose("ROLE", "AUTHENTICATION", "ENCRYPTION");
    cursor.expect("=");
    if (option === "ROLE") role = cursor.choose("PARTNER", "WITNESS", "ALL");
    else if (option === "AUTHENTICATION") authentication = authenticationClause(cursor);
    else encryption = encryptionClause(cursor);
  });
  cursor.expect(")");
  return { role, authentication, encryption };
}

type Method = NonNullable<Mirroring["authentication"]>[number];

function authenticationClause(cursor: Cursor): readonly Method[] {
  const methods: Method[] = [method(cursor)];
  const second = "certificate" in (methods[0] as Method) ? "WINDOWS" : "CERTIFICATE";
  if (cursor.at(second)) methods.push(method(cursor));
  return methods;
}

function method(cursor: Cursor): Method {
  if (cursor.choose("WINDOWS", "CERTIFICATE") === "CERTIFICATE") return { certificate: identifier(cursor) };
  const windows = (["NTLM", "KERBEROS", "NEGOTIATE"] as const).find((word) => cursor.accept(word));
  return { windows: windows ?? "NEGOTIATE" };
}

function encryptionClause(cursor: Cursor): NonNullable<Mirroring["encryption"]> {
  const mode = cursor.choose("DISABLED", "SUPPORTED", "REQUIRED");
  if (mode === "DISABLED") return { mode, algorithms: [] };
  if (!cursor.accept("ALGORITHM")) return { mode, algorithms: ["AES"] };
  const first = cursor.choose("AES", "RC4");
  const other = first === "AES" ? "RC4" : "AES";
  return { mode, algorithms: cursor.accept(other) ? [first, other] : [first] };
}
