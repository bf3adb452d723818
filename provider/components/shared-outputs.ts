import { type ComponentResource, type Input, type Inputs, Output, output, Resource } from "@pulumi/pulumi";
import { type SqlServer, settingNames } from "../arguments/sql-server-settings";
import type { SqlServerArgs } from "../resources/sql-server-args";
import type { Validity } from "../sql-server/validity";

/** How to reach the SQL Server, as another stack gets to know it: a `credential` says where the password is, and is none. */
export type SharedSettings = Omit<SqlServer, "password">;

/** What an InstancePairing in another stack needs of a PreparedServer. Nothing in it is secret, unless an argument was. */
export interface ServerOutputs {
  /** How to reach the SQL Server: SqlServerArgs without its `password`. */
  readonly sqlServer: SharedSettings;
  /** `TCP://<address>:<port>`: where managed instances find the SQL Server. */
  readonly endpointUrl: string;
  /** Name of the SQL Server's certificate, on SQL Server and in Azure. */
  readonly certificateName: string;
  /** The certificate without its private key: DER, hexadecimal. */
  readonly publicKey: string;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  readonly certificateThumbprint: string;
  /** Day on which the certificate ends, `YYYY-MM-DD` (UTC). */
  readonly certificateExpiryDate: string;
  /** Whether that was near, or over, when it was last looked at. */
  readonly certificateValidity: Validity;
}

/** What a ManagedInstanceLink in another stack needs of an InstancePairing. Nothing in it is secret, unless an argument was. */
export interface PairingOutputs {
  /** How to reach the SQL Server: SqlServerArgs without its `password`. */
  readonly sqlServer: SharedSettings;
  /** `TCP://<address>:<port>`: where the managed instance finds the SQL Server. */
  readonly endpointUrl: string;
  /** Azure resource id of the managed instance. */
  readonly managedInstanceId: string;
  /** Host name of the managed instance, by which SQL Server knows its certificate. */
  readonly managedInstanceFqdn: string;
}

/** The outputs of each that are one value, by name. */
export const serverFacts = [
  "endpointUrl",
  "certificateName",
  "publicKey",
  "certificateThumbprint",
  "certificateExpiryDate",
  "certificateValidity",
] as const;
export const pairingFacts = ["endpointUrl", "managedInstanceId", "managedInstanceFqdn"] as const;

/** What a pairing has to know of its server. */
export type ServerFacts = OutputsOf<Pick<ServerOutputs, (typeof serverFacts)[number]>>;

type OutputsOf<Shared> = { readonly [Name in keyof Shared]: Output<Shared[Name]> };

/** Each by itself, as a component has them. */
export const oneByOne = <Shared, Name extends keyof Shared>(
  shared: Output<Shared>,
  names: readonly Name[],
): OutputsOf<Pick<Shared, Name>> =>
  Object.fromEntries(names.map((name) => [name, shared.apply((values) => values[name])])) as unknown as OutputsOf<
    Pick<Shared, Name>
  >;

/** A component of this program, rather than what another stack has exported of one. */
export function isComponent<Component extends ComponentResource>(
  given: Component | Input<unknown>,
): given is Component {
  return Resource.isInstance(given);
}

/** What a stack exports of the SQL Server. A password is left out: it would make secret, and spread, whatever stands beside it. */
export function withoutPassword(sqlServer: SqlServerArgs): Output<SharedSettings> {
  const drop = ({ password: _, ...shared }: { readonly password?: unknown }) => shared as unknown as SharedSettings;
  // Settings that are an output are one secret, if any of them is.
  return Output.isInstance(sqlServer) ? (sqlServer as Output<SqlServer>).apply(drop) : output(drop(sqlServer));
}

/** The settings one by one: as one output they would count as a secret. */
export function settingsFrom(shared: Output<{ readonly sqlServer: SharedSettings }>): SqlServerArgs {
  const names = settingNames.filter((name) => name !== "password") as (keyof SharedSettings)[];
  return oneByOne(
    shared.apply(({ sqlServer }) => sqlServer),
    names,
  ) as unknown as SqlServerArgs;
}

/**
 * The arguments of a component as it registers them, beside its outputs: for policies and the state, where its parts are not
 * asked. They are no registered inputs, as a stack from before there were any would show each component as changed.
 * Passwords are left out, and so are other components.
 */
export function shownArguments({ sqlServer, ...args }: { readonly sqlServer?: SqlServerArgs }): Inputs {
  const isShown = ([name, value]: [string, unknown]) =>
    value !== undefined && !name.endsWith("Password") && !Resource.isInstance(value);
  return {
    ...(sqlServer && { sqlServer: withoutPassword(sqlServer) }),
    ...Object.fromEntries(Object.entries(args).filter(isShown)),
  };
}
