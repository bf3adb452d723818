import {
  type Alias,
  type ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import { endpointUrlOf } from "../arguments/endpoint-url";
import { MasterKey } from "../resources/master-key/resource";
import { MirroringEndpoint, type MirroringEndpointArgs } from "../resources/mirroring-endpoint/resource";
import type { SqlServerArgs } from "../resources/sql-server-args";
import { SqlServerCertificate } from "../resources/sql-server-certificate/resource";
import { TrustedRoots } from "../resources/trusted-roots/resource";
import type { ArgumentNames } from "./known-arguments";
import type { ServerFacts } from "./shared-outputs";

/** What a SQL Server has once, however many managed instances it is paired with. */
export interface ServerArgs {
  /** The SQL Server. Another instance is refused: what was made belongs to the one it was made on. */
  readonly sqlServer: SqlServerArgs;
  /** Password of the database master key of `master`, used only where there is none yet; keep it in a safe place. @default none */
  readonly masterKeyPassword?: Input<string>;
  /**
   * Where that password is, instead: `env:NAME` or `file:PATH`, stored nowhere, or `config:KEY` (see
   * `SqlServerArgs.credential`). @default none
   */
  readonly masterKeyCredential?: Input<string>;
  /**
   * Last day of the SQL Server's certificate, `YYYY-MM-DD` (UTC); a new date makes a new certificate. See
   * SqlServerCertificate. @default one year after it is made
   */
  readonly certificateExpiry?: Input<string>;
  /**
   * Makes a new certificate in time by itself, in place of `certificateExpiry`: in the first `up` when less than this is left
   * of the old one, `"60d"`, `"8w"`. See SqlServerCertificate.rotateBefore. @default never
   */
  readonly certificateRotateBefore?: Input<string>;
  /** Its name on SQL Server and in Azure. Another one makes a new certificate. See SqlServerCertificate. @default a free name is found */
  readonly certificateName?: Input<string>;
  /** Its subject. Another one makes a new certificate. @default `Certificate for <certificateName>` */
  readonly certificateSubject?: Input<string>;
  /** The certificate authorities to trust, by name. See TrustedRoots. @default those that Azure uses */
  readonly roots?: Input<Record<string, Input<string>>>;
  /** Host names that they may vouch for. See TrustedRoots. @default those of the managed instance's cloud */
  readonly dnsPattern?: Input<string>;
  /** Name of the mirroring endpoint; another one is refused while a link is connected. @default "database_mirroring_endpoint"; of one that is taken over, its own */
  readonly endpointName?: Input<string>;
  /** A stopped endpoint refuses all connections; it is not stopped while a link is connected. @default "STARTED" */
  readonly endpointState?: Input<"STARTED" | "STOPPED">;
  /** Algorithms of its encryption, in their order. See `algorithm` of MirroringEndpoint. @default "AES" for a new one; one that is taken over keeps what it has */
  readonly endpointAlgorithm?: MirroringEndpointArgs["algorithm"];
  /**
   * Port of the mirroring endpoint, 1024 to 32767. Changed in place while no link is connected over it; refused, as
   * another `address` is, while one is. See MirroringEndpoint. @default 5022; of one that is taken over, its own
   */
  readonly port?: Input<number>;
  /**
   * Address of the SQL Server as the managed instance reaches it; IPv6 with or without brackets. A link keeps it for
   * good: another address changes the groups in place and replaces the links. It is refused before anything is touched
   * while a link is connected or its copy is to be kept, and the message says how to get there. @default `sqlServer.host`
   */
  readonly address?: Input<string>;
  /**
   * Port at which the managed instance reaches the endpoint, 1 to 65535, where address translation makes it another one
   * than the endpoint's own. It changes the URL only; a link keeps it as it keeps `address`. @default `port`
   */
  readonly publicPort?: Input<number>;
  /**
   * Tests, before anything is made, what links need of both sides, as `mi-link preflight` does: what failed refuses the run,
   * all of it in one message, and of the rest warnings tell. Previews test nothing, and neither does a run that makes nothing
   * new: changing it changes nothing. @default false
   */
  readonly preflight?: boolean;
  /**
   * Takes over what is there: each part as its own `adopt` says, with the differences listed; what cannot be brought in line
   * is refused. Counts only when a part is made. @default false
   */
  readonly adopt?: Input<boolean>;
}

export const serverArguments: ArgumentNames<ServerArgs> = {
  sqlServer: "required",
  masterKeyPassword: "optional",
  masterKeyCredential: "optional",
  certificateExpiry: "optional",
  certificateRotateBefore: "optional",
  certificateName: "optional",
  certificateSubject: "optional",
  roots: "optional",
  dnsPattern: "optional",
  endpointName: "optional",
  endpointState: "optional",
  endpointAlgorithm: "optional",
  port: "optional",
  address: "optional",
  publicPort: "optional",
  preflight: "optional",
  adopt: "optional",
};

/** The parts but the endpoint, which another certificate must reach after the managed instances. */
export interface ServerIdentity {
  readonly masterKey: MasterKey;
  readonly certificate: SqlServerCertificate;
  readonly roots: TrustedRoots;
}

/** The options of a part, by its name: see `partOptions`. */
export type PartOptions = (
  part: "MasterKey" | "SqlServerCertificate" | "TrustedRoots" | "MirroringEndpoint",
  more: CustomResourceOptions,
) => CustomResourceOptions;

/** Whichever component makes the parts of a server: they have the same names, and move with their state. */
const aliasesOf = (owner: ComponentResource): Alias[] => [{ parent: owner.urn.apply(otherOwner) }];

/** The urn of the component of the same name that could have made the parts instead. */
function otherOwner(urn: string): string {
  return urn.replace(/mi-link:index:(InstancePairing|PreparedServer)::/, (_, type) =>
    type === "InstancePairing" ? "mi-link:index:PreparedServer::" : "mi-link:index:InstancePairing::",
  );
}

/** `managedInstanceId`: an instance to look at before anything is made, whose cloud the roots are for. */
export function makeIdentity(
  name: string,
  args: ServerArgs,
  managedInstanceId: Input<string> | undefined,
  owner: ComponentResource,
  part: PartOptions,
): ServerIdentity {
  const aliases = aliasesOf(owner);
  const common = { sqlServer: args.sqlServer, adopt: args.adopt };
  const masterKey = new MasterKey(
    `${name}-master-key`,
    {
      ...common,
      password: args.masterKeyPassword,
      credential: args.masterKeyCredential,
      managedInstanceId,
      preflight: args.preflight ? { certificateName: args.certificateName } : undefined,
    },
    part("MasterKey", { aliases }),
  );
  const afterKey = { aliases, dependsOn: masterKey };
  const certificate = new SqlServerCertificate(
    `${name}-certificate`,
    {
      ...common,
      expiry: args.certificateExpiry,
      rotateBefore: args.certificateRotateBefore,
      certificateName: args.certificateName,
      subject: args.certificateSubject,
    },
    part("SqlServerCertificate", afterKey),
  );
  const roots = new TrustedRoots(
    `${name}-roots`,
    { ...common, managedInstanceId, roots: args.roots, dnsPattern: args.dnsPattern },
    part("TrustedRoots", afterKey),
  );
  return { masterKey, certificate, roots };
}

export function makeEndpoint(
  name: string,
  args: ServerArgs,
  certificateName: Output<string>,
  owner: ComponentResource,
  part: PartOptions,
  dependsOn?: Resource,
): MirroringEndpoint {
  return new MirroringEndpoint(
    `${name}-endpoint`,
    {
      sqlServer: args.sqlServer,
      adopt: args.adopt,
      certificateName,
      endpointName: args.endpointName,
      port: declaredPort(args),
      algorithm: args.endpointAlgorithm,
      state: args.endpointState,
    },
    part("MirroringEndpoint", { aliases: aliasesOf(owner), dependsOn }),
  );
}

/** An endpoint that is taken over keeps its port. */
const declaredPort = ({ port, adopt = false }: ServerArgs): Input<number> | undefined =>
  port ?? (adopt === false ? 5022 : undefined);

/** Why changes of these can't be ignored by the component of the server. */
export const keptFromParts = {
  preflight: "it counts only when something is made",
  address: 'no part keeps it, its links do: ignoreChanges: ["pairing.endpointUrl"] on each ManagedInstanceLink',
  publicPort: 'no part keeps it, its links do: ignoreChanges: ["pairing.endpointUrl"] on each ManagedInstanceLink',
};

/**
 * Where a managed instance finds the server. It waits for no resource, so that what is built on it knows it in every
 * preview; only a port that is not the declared one, as that is left open or its changes are ignored, comes from the endpoint.
 */
export function publicUrlOf(
  args: ServerArgs,
  endpoint: MirroringEndpoint,
  { ignoreChanges = [] }: ComponentResourceOptions = {},
): Output<string> {
  const { sqlServer, address, publicPort } = args;
  const isIgnored = ignoreChanges.some((path) => path === "port" || path === "*");
  const port = isIgnored ? undefined : declaredPort(args);
  return output([address ?? sqlServer.host, publicPort ?? port ?? endpoint.port] as const).apply(([host, at]) =>
    endpointUrlOf(host, at),
  );
}

export const factsOf = ({ certificate }: ServerIdentity): Omit<ServerFacts, "endpointUrl"> => ({
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
  certificateThumbprint: certificate.thumbprint,
  certificateExpiryDate: certificate.expiryDate,
  certificateValidity: certificate.validity,
});
