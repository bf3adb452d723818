import type { AvailabilityGroupArgs } from "../resources/availability-group/resource";
import type { DistributedAvailabilityGroupArgs } from "../resources/distributed-availability-group/resource";
import type { FullRecoveryDatabaseArgs } from "../resources/full-recovery-database/resource";
import type { InstanceLinkArgs } from "../resources/instance-link/resource";
import type { ManagedInstanceCertificateArgs } from "../resources/managed-instance-certificate/resource";
import type { MasterKeyArgs } from "../resources/master-key/resource";
import type { MirroringEndpointArgs } from "../resources/mirroring-endpoint/resource";
import type { SqlServerCertificateArgs } from "../resources/sql-server-certificate/resource";
import type { TrustCertificateArgs } from "../resources/trust-certificate/resource";
import type { TrustedRootsArgs } from "../resources/trusted-roots/resource";

/** Where an argument of a part comes from. */
export interface Origin {
  /** The component's argument, or a property of it (`pairing.sqlServer`), that decides it. */
  readonly argument?: string;
  /** It is handed on as it is, so that what is ignored of it is ignored here. Otherwise it is the output of another part. */
  readonly isGiven?: true;
  /** How messages call it, where that is not the argument's own name. */
  readonly words?: string;
}

type Origins<Args> = { readonly [Name in keyof Args]-?: Origin };

const given = <const Argument extends string>(argument: Argument, words?: string) =>
  ({ argument, words, isGiven: true }) as const;
const follows = <const Argument extends string>(argument: Argument, words?: string) => ({ argument, words }) as const;
/** The component leaves it at its default, or takes it from another part, and no argument stands for it. */
const byItself = {} as const;

const endpointUrl = given(
  "pairing.endpointUrl",
  "address (by default sqlServer.host) and publicPort (by default port) of the InstancePairing or its PreparedServer",
);

/** The parts of a server, which either component makes. */
const serverParts = {
  MasterKey: {
    sqlServer: given("sqlServer"),
    password: given("masterKeyPassword"),
    credential: given("masterKeyCredential"),
    managedInstanceId: given("managedInstanceId"),
    preflight: byItself,
    adopt: given("adopt"),
  } satisfies Origins<MasterKeyArgs>,
  SqlServerCertificate: {
    sqlServer: given("sqlServer"),
    expiry: given("certificateExpiry"),
    rotateBefore: given("certificateRotateBefore"),
    certificateName: given("certificateName"),
    subject: given("certificateSubject"),
    adopt: given("adopt"),
  } satisfies Origins<SqlServerCertificateArgs>,
  TrustedRoots: {
    sqlServer: given("sqlServer"),
    managedInstanceId: given("managedInstanceId"),
    roots: given("roots"),
    dnsPattern: given("dnsPattern"),
    adopt: given("adopt"),
  } satisfies Origins<TrustedRootsArgs>,
  MirroringEndpoint: {
    sqlServer: given("sqlServer"),
    certificateName: byItself,
    endpointName: given("endpointName"),
    port: given("port"),
    state: given("endpointState"),
    algorithm: given("endpointAlgorithm"),
    adopt: given("adopt"),
  } satisfies Origins<MirroringEndpointArgs>,
} as const;

/**
 * Of each part of a component, every argument, and which of the component's it comes from. Messages about a part name the
 * component's (`component-words.ts`), and the component's options reach the part by it (`part-options.ts`).
 */
export const partArguments = {
  PreparedServer: serverParts,
  InstancePairing: {
    ...serverParts,
    TrustCertificate: {
      managedInstanceId: given("managedInstanceId"),
      certificateName: byItself,
      publicKey: byItself,
      sqlServer: given("sqlServer"),
      preflight: byItself,
      adopt: given("adopt"),
    } satisfies Origins<TrustCertificateArgs>,
    ManagedInstanceCertificate: {
      sqlServer: given("sqlServer"),
      managedInstanceId: follows("managedInstanceId"),
      adopt: given("adopt"),
    } satisfies Origins<ManagedInstanceCertificateArgs>,
  },
  ManagedInstanceLink: {
    FullRecoveryDatabase: {
      sqlServer: given("pairing.sqlServer"),
      databaseName: given("databaseName"),
      backupDisk: given("backupDisk"),
      managedInstanceId: given("pairing.managedInstanceId"),
      preflight: byItself,
      adopt: given("adopt"),
    } satisfies Origins<FullRecoveryDatabaseArgs>,
    AvailabilityGroup: {
      sqlServer: given("pairing.sqlServer"),
      groupName: given("groupName"),
      databaseName: follows("databaseName"),
      endpointUrl,
      adopt: given("adopt"),
    } satisfies Origins<AvailabilityGroupArgs>,
    DistributedAvailabilityGroup: {
      sqlServer: given("pairing.sqlServer"),
      groupName: given("linkName"),
      localGroupName: follows("groupName"),
      localUrl: endpointUrl,
      managedInstanceGroupName: given("instanceGroupName"),
      managedInstanceFqdn: follows("pairing.managedInstanceId", "managedInstanceId of the InstancePairing"),
      managedInstanceName: byItself,
      availabilityMode: given("replicationMode"),
      adopt: given("adopt"),
    } satisfies Origins<DistributedAvailabilityGroupArgs>,
    InstanceLink: {
      managedInstanceId: follows("pairing.managedInstanceId"),
      linkName: follows("linkName"),
      databaseName: given("databaseName"),
      partnerAvailabilityGroupName: given("groupName"),
      partnerEndpoint: endpointUrl,
      instanceAvailabilityGroupName: given("instanceGroupName"),
      failoverMode: given("failoverMode"),
      replicationMode: given("replicationMode"),
      databaseOnDelete: given("databaseOnDelete"),
      seedingTimeoutMinutes: given("seedingTimeoutMinutes"),
      sqlServer: given("pairing.sqlServer"),
      adopt: given("adopt"),
    } satisfies Origins<InstanceLinkArgs>,
  },
} as const;

export type Component = keyof typeof partArguments;
export type PartOf<C extends Component> = keyof (typeof partArguments)[C] & string;

type FirstName<Path> = Path extends `${infer First}.${string}` ? First : Path;
type ArgumentIn<O> = O extends { readonly argument: infer Path; readonly isGiven: true } ? FirstName<Path> : never;
type ValueOf<T> = T extends unknown ? T[keyof T] : never;
/** The arguments of a component that a part is given. */
export type GivenArgument<C extends Component> = ArgumentIn<ValueOf<ValueOf<(typeof partArguments)[C]>>> & string;

/** The same without types, for names that come from outside: a component, then its parts, then their arguments. */
export const originsOf = (component: string): Readonly<Record<string, Readonly<Record<string, Origin>>>> =>
  (partArguments as Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Origin>>>>>>)[component] ??
  {};
