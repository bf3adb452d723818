import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface TrustedRootsArgs {
  /** The instance that shall trust them. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /**
   * Root certificates by the name they get on SQL Server: PEM, or DER as hexadecimal with or without `0x`. Roots are
   * added and removed in place.
   * @default MicrosoftPKI (Microsoft RSA Root Certificate Authority 2017) and DigiCertPKI (DigiCert Global Root G2)
   */
  readonly roots?: Input<Record<string, Input<string>>>;
  /**
   * Azure resource id of a managed instance that the roots must vouch for: its cloud gives `dnsPattern`, and another
   * pattern that does not cover its host name is refused. Changed in place. @default Azure is not looked at
   */
  readonly managedInstanceId?: Input<string>;
  /**
   * Host names that the roots may vouch for: `*.database.usgovcloudapi.net` for US government,
   * `*.database.chinacloudapi.cn` for China. A changed pattern is registered too; the old one stays registered with a
   * root until that root is dropped, as no other way to take it back is documented.
   * @default that of the instance's cloud; without `managedInstanceId` that of the public one, "*.database.windows.net"
   */
  readonly dnsPattern?: Input<string>;
  /**
   * For all resources of a program alike: roots that are there are used in any case, under whatever name, and never dropped.
   * With `adopt` a line says so when the stack goes. Changing it changes nothing. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The roots of the certificate authorities that SQL Server accepts for managed instances, and their registration as
 * issuers. Roots are recognised by their thumbprint: one that is there under another name is used, and never dropped.
 *
 * On delete only the roots that this resource added are dropped, and their registration with them; they are kept while
 * the server has the certificate of a managed instance or a link to one, and a warning says which. The same goes for a root
 * that is taken out of `roots`. Let ManagedInstanceCertificate depend on this resource, so that it goes first.
 *
 * Source: "Import Azure-trusted root certificate authority keys to SQL Server" of the link's script page.
 *
 * Errors:
 * - 2812: the instance lacks `sp_certificate_add_issuer` (Azure Connect pack).
 * - 15232: a name is taken by another certificate.
 * - 15297: one of `roots` is no certificate.
 * - 41974: `dnsPattern` does not cover the host name of the managed instance.
 * - NotedByAnother: another stack, or another resource, has noted a root as its own.
 *
 * @example
 * new TrustedRoots("roots", { sqlServer, managedInstanceId }, { dependsOn: masterKey });
 */
export class TrustedRoots extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<TrustedRoots> =>
    (require("./lifecycle") as typeof import("./lifecycle")).trustedRoots;

  /**
   * Reads the roots that exist, without managing them: neither `up` nor `destroy` changes them, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/trusted-roots`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<TrustedRootsArgs, "sqlServer" | "roots" | "managedInstanceId">,
    opts?: CustomResourceOptions,
  ): TrustedRoots {
    return new TrustedRoots(name, args as TrustedRootsArgs, { ...opts, id });
  }

  declare readonly dnsPattern: Output<string>;
  /** SHA-1 of each root by its name, upper-case hexadecimal. */
  declare readonly thumbprints: Output<Record<string, string>>;
  /** Names of the roots that were missing and that this resource added. */
  declare readonly added: Output<string[]>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: TrustedRootsArgs, opts?: CustomResourceOptions) {
    super(
      "TrustedRoots",
      name,
      args,
      {
        dnsPattern: undefined,
        thumbprints: undefined,
        added: undefined,
        instanceId: undefined,
      } satisfies Unset<TrustedRoots>,
      opts,
    );
  }
}
