import type { ObjectName, Procedure, ProcedureArgument } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { varbinary } from "../tsql/types";
import type { Certificate } from "./model";
import { nameKey } from "./names";
import { requirePermission } from "./permissions";
import { missing } from "./refusals";
import { currentKeyStore, type KeyStore, type Server } from "./server";

type ProcedureOf = (server: Server) => Procedure;

/** sys.sp_certificate_add_issuer and its companions have no page of their own; the link's documentation shows their use. */
const procedures: Readonly<Record<string, ProcedureOf>> = {
  sp_certificate_add_issuer: (server) => ({
    run(args, session) {
      requirePermission(server, session, "CONTROL SERVER");
      const [id, pattern] = twoArguments(args, "certid", "dns_name");
      certificateById(currentKeyStore(server, session), id).trustedIssuerFor.add(pattern);
      return 0;
    },
  }),
  sp_certificate_drop_issuer: (server) => ({
    run(args, session) {
      requirePermission(server, session, "CONTROL SERVER");
      const [id, pattern] = twoArguments(args, "certid", "dns_name");
      certificateById(currentKeyStore(server, session), id).trustedIssuerFor.delete(pattern);
      return 0;
    },
  }),
  sp_get_endpoint_certificate: (server) => ({
    run(args, session, sink) {
      const type = numberOf(argument(args, 0, "endpoint_type"));
      requirePermission(server, session, "VIEW ANY DEFINITION");
      const rows = type === 3 || type === 4 ? [endpointCertificate(server, type)] : [null];
      sink.columns([{ name: "EndpointCertificatePublicKey", type: varbinary("max"), nullable: true }]);
      for (const der of rows) sink.row([der]);
      sink.statementEnd({ rowCount: rows.length, isSelect: true, failed: false });
      return 0;
    },
  }),
};

/** Procedures that only builds with links have: elsewhere 2812. */
export function findProcedure(server: Server, { schema, name }: ObjectName): Procedure | undefined {
  const key = nameKey(name);
  const isSystem = !schema || ["sys", "dbo"].includes(nameKey(schema));
  if (!isSystem || !server.instance.supportsManagedInstanceLink || !Object.hasOwn(procedures, key)) return undefined;
  return procedures[key]?.(server);
}

/** With the language's own, as sys.system_objects lists them. */
export function procedureNames({ instance }: Server): string[] {
  return ["sp_executesql", ...(instance.supportsManagedInstanceLink ? Object.keys(procedures) : [])];
}

function endpointCertificate({ instance }: Server, type: number): Buffer {
  const endpoint = type === 4 ? instance.mirroringEndpoint : undefined;
  if (!endpoint) throw sqlError(47505, type);
  const bound = endpoint.authentication.find((method) => "certificateId" in method);
  const certificate = [...instance.certificates.values()].find(
    ({ id }) => bound && "certificateId" in bound && id === bound.certificateId,
  );
  if (!certificate) throw sqlError(47506, type);
  return certificate.der;
}

function certificateById({ certificates }: KeyStore, id: number): Certificate {
  const certificate = [...certificates.values()].find((candidate) => candidate.id === id);
  if (!certificate) throw missing("find", "certificate", String(id));
  return certificate;
}

function twoArguments(
  args: readonly ProcedureArgument[],
  first: string,
  second: string,
): [id: number, pattern: string] {
  return [numberOf(argument(args, 0, first)), String(argument(args, 1, second)?.value ?? "")];
}

/** By name, else by position. */
function argument(args: readonly ProcedureArgument[], position: number, name: string): ProcedureArgument | undefined {
  const named = args.find((arg) => arg.name === name);
  const positional = args[position];
  return named ?? (positional?.name === undefined ? positional : undefined);
}

function numberOf(arg: ProcedureArgument | undefined): number {
  return arg === undefined || arg.value === null ? Number.NaN : Number(arg.value);
}
