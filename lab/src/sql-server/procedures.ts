import { argument } from "../tsql/executor/arguments";
import { ownProcedureNames } from "../tsql/executor/own-procedures";
import type { Procedure, ProcedureArgument, Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { notSpoken } from "../tsql/not-spoken";
import type { ObjectName } from "../tsql/syntax/object-name";
import { type Column, nvarchar, varbinary } from "../tsql/types";
import { fold, sameName } from "../tsql/values/collation";
import { jobProcedure } from "./agent/job-procedures";
import { chainsToRoot } from "./certificates/chain";
import { isLeftOutProcedure } from "./left-out";
import type { Certificate } from "./model";
import { nameKey } from "./names";
import { requirePermission } from "./permissions";
import { labRefusal, missing } from "./refusals";
import { currentKeyStore, type KeyStore, type Server } from "./server";
import { describeUndeclared } from "./undeclared-parameters";
import { supportsMultiDatabaseLink } from "./versions";

type ProcedureOf = (server: Server) => Procedure;

/** sys.sp_certificate_add_issuer and its companions have no page of their own; the link's documentation shows their use. */
const linkProcedures: Readonly<Record<string, ProcedureOf>> = {
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

/** A cumulative update of 2022 brought it. */
const chainProcedures: Readonly<Record<string, ProcedureOf>> = {
  sp_validate_certificate_ca_chain: (server) => ({
    run(args, session) {
      requirePermission(server, session, "CONTROL SERVER");
      const store = currentKeyStore(server, session);
      const certificate = certificateById(store, numberOf(argument(args, 0, "certid")));
      const known = [...store.certificates.values()].map(({ der }) => der);
      if (!chainsToRoot(certificate.der, known, server.network.issuingAuthority))
        throw labRefusal(`No chain leads from the certificate '${certificate.name}' to a root that was imported`);
      return 0;
    },
  }),
};

/** sp_multidb_milink turns links of several databases on or off, or shows the setting if no value is given. */
const multiDatabaseProcedures: Readonly<Record<string, ProcedureOf>> = {
  sp_multidb_milink: ({ instance, ...server }) => ({
    run(args, session, sink) {
      requirePermission({ instance, ...server }, session, "CONTROL SERVER");
      const wanted = argument(args, 0, "enable");
      if (wanted !== undefined) {
        instance.isMultiDatabaseLinkEnabled = numberOf(wanted) === 1;
        return 0;
      }
      sink.columns([{ name: "", type: { name: "int" }, nullable: true }]);
      sink.row([Number(instance.isMultiDatabaseLinkEnabled)]);
      sink.statementEnd({ rowCount: 1, isSelect: true, failed: false });
      return 0;
    },
  }),
};

const errorLogColumns: readonly Column[] = [
  { name: "LogDate", type: { name: "datetime" }, nullable: true },
  { name: "ProcessInfo", type: nvarchar(12), nullable: true },
  { name: "Text", type: nvarchar(4000), nullable: true },
];

const errorLog: ProcedureOf = (server) => ({
  run(args, session, sink) {
    requirePermission(server, session, "VIEW SERVER STATE");
    const wanted = [2, 3].map((position) =>
      String(argument(args, position, `p${position + 1}`)?.value ?? "").toLowerCase(),
    );
    const entries = server.instance.errorLog.filter(({ text }) =>
      wanted.every((part) => text.toLowerCase().includes(part)),
    );
    sink.columns(errorLogColumns);
    for (const { at, text } of entries) sink.row([at, "Server", text]);
    sink.statementEnd({ rowCount: entries.length, isSelect: true, failed: false });
    return 0;
  },
});

/** These change the server's own row in sys.servers; @@SERVERNAME follows at the next start. */
const serverNames: Readonly<Record<string, ProcedureOf>> = {
  sp_addserver: (server) => ({
    run(args, session) {
      requirePermission(server, session, "ALTER ANY LINKED SERVER");
      const [name, local] = ["server", "local"].map((parameter, index) =>
        String(argument(args, index, parameter)?.value ?? ""),
      );
      if (!name || local?.toLowerCase() !== "local") throw labRefusal("only the local server can be added");
      if (server.instance.localServer !== null) throw sqlError(15028, server.instance.localServer);
      server.instance.localServer = name;
      return 0;
    },
  }),
  sp_dropserver: (server) => ({
    run(args, session) {
      requirePermission(server, session, "ALTER ANY LINKED SERVER");
      const name = String(argument(args, 0, "server")?.value ?? "");
      if (server.instance.localServer === null || !sameName(name, server.instance.localServer))
        throw sqlError(15015, name);
      server.instance.localServer = null;
      return 0;
    },
  }),
};

/** Every version has these procedures. */
const commonProcedures: Readonly<Record<string, ProcedureOf>> = {
  ...serverNames,
  sp_readerrorlog: errorLog,
  sp_describe_undeclared_parameters: (server) => ({
    run: (args, session, sink) => describeUndeclared(server, args, session, sink),
  }),
  xp_readerrorlog: errorLog,
};

/** Finds a procedure. Only builds with links have the link's; elsewhere they are 2812. */
export function findProcedure(
  server: Server,
  { database, schema, name }: ObjectName,
  session: Session,
): Procedure | undefined {
  const key = fold(name);
  const isSystem = !schema || ["sys", "dbo"].includes(nameKey(schema));
  const available = proceduresOf(server);
  if (isSystem && isLeftOutProcedure(key)) throw notSpoken(name);
  const ofAgent = isSystem && nameKey(database ?? session.database) === "msdb" ? jobProcedure(server, key) : undefined;
  if (ofAgent) return ofAgent;
  return isSystem && Object.hasOwn(available, key) ? available[key]?.(server) : undefined;
}

function proceduresOf({ instance }: Server): Readonly<Record<string, ProcedureOf>> {
  if (!instance.supportsManagedInstanceLink) return commonProcedures;
  const validates = instance.majorVersion >= 2022;
  const hasSeveral = instance.kind === "sqlServer" && supportsMultiDatabaseLink(instance.version);
  return {
    ...commonProcedures,
    ...linkProcedures,
    ...(validates && chainProcedures),
    ...(hasSeveral && multiDatabaseProcedures),
  };
}

/** The names that sys.system_objects lists, with the language's own procedures. */
export function procedureNames(server: Server): string[] {
  return ["sp_executesql", ...ownProcedureNames, ...Object.keys(proceduresOf(server))];
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

function certificateById({ certificates }: KeyStore, id: number | undefined): Certificate {
  const certificate = [...certificates.values()].find((candidate) => candidate.id === id);
  if (!certificate) throw missing("find", "certificate", String(id ?? "NULL"));
  return certificate;
}

function twoArguments(
  args: readonly ProcedureArgument[],
  first: string,
  second: string,
): [id: number | undefined, pattern: string] {
  return [numberOf(argument(args, 0, first)), String(argument(args, 1, second)?.value ?? "")];
}

/** Returns undefined for NULL. Throws 8114. */
function numberOf(arg: ProcedureArgument | undefined): number | undefined {
  if (arg === undefined || arg.value === null) return undefined;
  const number = Number(arg.value);
  if (Number.isNaN(number)) throw sqlError(8114, arg.type.name, "int");
  return number;
}
