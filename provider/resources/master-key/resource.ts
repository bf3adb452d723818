import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface MasterKeyArgs {
  /** The instance whose `master` database holds the key. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /**
   * Password that encrypts the key, needed only where there is none yet; keep it in a safe place, as a restored
   * `master` asks for it. Changing it later changes nothing on the server. Kept secret in the state.
   */
  readonly password?: Input<string>;
  /**
   * Where that password is instead: `env:NAME` or `file:PATH`, stored nowhere, or `config:KEY` (see `SqlServerArgs.credential`).
   * Changing it changes nothing on the server.
   */
  readonly credential?: Input<string>;
  /**
   * Resource id of the managed instance that a link will lead to. It is looked at before anything is made, so that
   * missing credentials of Azure, or an instance that is missing or stopped, leave nothing behind. Changing it changes nothing.
   */
  readonly managedInstanceId?: Input<string>;
  /**
   * Tests, before the key is made, what links need of this SQL Server and of the managed instance, as `mi-link preflight`
   * does: what failed refuses the creation, all of it in one message, and of the rest warnings tell. `certificateName`: the
   * name that the server's certificate is to get. It counts only when the resource is made:
   * changing it changes nothing. @default none: nothing is tested
   */
  readonly preflight?: Input<{ readonly certificateName?: Input<string> }>;
  /**
   * For all resources of a program alike: a key that exists is used in any case, whoever made it. With `adopt` a line says
   * that it stays when the stack goes. Changing it changes nothing. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The database master key of `master`, which encrypts the private key of the server's certificate. A key that exists
 * already is used as it is, if the server can open it by itself (it is encrypted by the service master key): any other
 * is refused, and found by a refresh, with the two statements that mend it.
 *
 * On delete the key is kept, unless this stack created it and no certificate is encrypted by it any more.
 *
 * Source: "Create a certificate on SQL Server ..." of the link's script page; CREATE MASTER KEY.
 * Errors: 15118 the password is too simple for the server's policy, 15581 the server cannot open the key. 15578 and 15580 are no failures here.
 */
export class MasterKey extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<MasterKey> =>
    (require("./lifecycle") as typeof import("./lifecycle")).masterKey;

  /**
   * Reads the key that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/master-key`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<MasterKeyArgs, "sqlServer">,
    opts?: CustomResourceOptions,
  ): MasterKey {
    return new MasterKey(name, args as MasterKeyArgs, { ...opts, id });
  }

  /** Whether this stack created the key. */
  declare readonly created: Output<boolean>;
  /** sys.symmetric_keys.key_guid, which tells this key from a later one. */
  declare readonly keyGuid: Output<string>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: MasterKeyArgs, opts?: CustomResourceOptions) {
    super(
      "MasterKey",
      name,
      args,
      { created: undefined, keyGuid: undefined, instanceId: undefined } satisfies Unset<MasterKey>,
      opts,
    );
  }
}
