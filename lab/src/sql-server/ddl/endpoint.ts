import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { AlterAuthorization, EndpointStatement } from "../../tsql/syntax/endpoint";
import { sameName } from "../../tsql/values/collation";
import { builtInEndpoints } from "../built-in-endpoints";
import type { MirroringEndpoint } from "../model";
import { checkIdentifier, findByName } from "../names";
import { hasPermission, requirePermission } from "../permissions";
import { labRefusal, missing } from "../refusals";
import { isKeyOpen, type Server } from "../server";

/** "CREATE ENDPOINT": "any number between 1024 and 32767 is valid". */
const lowestPort = 1024;
const highestPort = 32767;

export async function createEndpoint(server: Server, statement: EndpointStatement, session: Session): Promise<void> {
  const { instance } = server;
  checkIdentifier(statement.name);
  requirePermission(server, session, "CREATE ENDPOINT");
  if (statement.payload !== "DATABASE_MIRRORING") throw labRefusal("only DATABASE_MIRRORING endpoints can be created");
  if (builtInEndpoints.some(({ name }) => sameName(name, statement.name)))
    throw sqlError(15530, "endpoint", statement.name);
  if (instance.mirroringEndpoint) throw sqlError(7862);
  const { port, ip } = statement.tcp ?? {};
  if (port === undefined) throw sqlError(102, ")");
  checkPort(server, port);
  instance.mirroringEndpoint = {
    name: statement.name,
    id: instance.nextEndpointId,
    ownerId: ownerId(server, statement.owner ?? session.login),
    state: statement.state ?? "STOPPED",
    port,
    ip: ip === "ALL" ? undefined : ip,
    role: statement.role ?? "ALL",
    authentication: authenticationOf(server, statement, session) ?? [{ windows: "NEGOTIATE" }],
    encryption: statement.encryption ?? { mode: "REQUIRED", algorithms: ["AES"] },
    isListening: false,
  };
  instance.nextEndpointId++;
  await server.listener.follow();
}

/** Changes what the statement names; its AUTHENTICATION and ENCRYPTION each replace the old one as a whole. */
export async function alterEndpoint(server: Server, statement: EndpointStatement, session: Session): Promise<void> {
  const endpoint = server.instance.mirroringEndpoint;
  if (!endpoint || !sameName(endpoint.name, statement.name) || !hasPermission(server, session, "ALTER ANY ENDPOINT"))
    throw missing("alter", "endpoint", statement.name);
  const { payload, state, tcp, role, encryption } = statement;
  if (payload !== undefined && payload !== "DATABASE_MIRRORING") throw sqlError(7860);
  const authentication = authenticationOf(server, statement, session);
  const isEmpty = [state, tcp?.port, tcp?.ip, role, authentication, encryption].every((value) => value === undefined);
  if (isEmpty) throw sqlError(7863);
  if (tcp?.port !== undefined) checkPort(server, tcp.port);
  const changed: MirroringEndpoint = {
    ...endpoint,
    state: state ?? endpoint.state,
    port: tcp?.port ?? endpoint.port,
    ip: tcp?.ip === undefined ? endpoint.ip : tcp.ip === "ALL" ? undefined : tcp.ip,
    role: role ?? endpoint.role,
    authentication: authentication ?? endpoint.authentication,
    encryption: encryption ?? endpoint.encryption,
  };
  server.instance.mirroringEndpoint = changed;
  await server.listener.follow();
}

/** ALTER AUTHORIZATION ON ENDPOINT gives the endpoint another owner. */
export function changeEndpointOwner(server: Server, { name, owner }: AlterAuthorization, session: Session): void {
  const endpoint = server.instance.mirroringEndpoint;
  if (!endpoint || !sameName(endpoint.name, name) || !hasPermission(server, session, "ALTER ANY ENDPOINT"))
    throw missing("find", "endpoint", name);
  server.instance.mirroringEndpoint = { ...endpoint, ownerId: ownerId(server, owner) };
}

function ownerId({ instance }: Server, name: string): number {
  const login = findByName(instance.logins, name);
  if (!login) throw missing("find", "principal", name);
  return login.principalId;
}

export async function dropEndpoint(server: Server, name: string, session: Session): Promise<void> {
  const { instance } = server;
  if (builtInEndpoints.some((builtIn) => sameName(builtIn.name, name))) throw sqlError(7873, name);
  const endpoint = instance.mirroringEndpoint;
  if (!endpoint || !sameName(endpoint.name, name) || !hasPermission(server, session, "ALTER ANY ENDPOINT"))
    throw missing("drop", "endpoint", name);
  instance.mirroringEndpoint = undefined;
  await server.listener.follow();
}

function checkPort({ instance }: Server, port: number): void {
  if (port < lowestPort || port > highestPort) throw sqlError(102, String(port));
  if (port === instance.tdsPort) throw sqlError(7874);
}

/** The certificate must be in master, with a private key that the server can open. */
function authenticationOf(
  { instance }: Server,
  { authentication }: EndpointStatement,
  session: Session,
): MirroringEndpoint["authentication"] | undefined {
  return authentication?.map((method) => {
    if ("windows" in method) return method;
    const certificate = findByName(instance.certificates, method.certificate);
    if (!certificate) throw missing("find", "certificate", method.certificate);
    if (!certificate.privateKey) throw sqlError(15563, "certificate");
    if (certificate.keyPassword !== undefined || !instance.masterKey || !isKeyOpen(session, instance.masterKey))
      throw sqlError(15581);
    return { certificateId: certificate.id };
  });
}
