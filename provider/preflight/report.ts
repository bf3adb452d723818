import type { SqlServer } from "../arguments/sql-server-settings";
import type { Finding, Verdict } from "./finding";
import type { LinkNames } from "./link-names";

/** What a link is to be made of. */
export interface PreflightArgs {
  /** How to reach the SQL Server, and as whom: the settings of SqlServerArgs as plain values. */
  readonly sqlServer: SqlServer;
  /** Azure resource id of the managed instance. @default none: Azure is not asked, and a finding says so */
  readonly managedInstanceId?: string;
  /** The databases to be linked: names, or with the names of their links; "all": those that users made. @default none */
  readonly databases?: readonly (string | LinkNames)[] | "all";
  /** Name that SQL Server's certificate gets. @default `Cert_<@@SERVERNAME>_endpoint` */
  readonly certificateName?: string;
  /** What is there and `adopt` takes over is a warning, not a failure. @default false */
  readonly adopt?: boolean;
}

/** How a program calls the preflight. */
export interface PreflightOptions {
  /** Ends the preflight: what was not looked at by then is "unknown". @default none */
  readonly signal?: AbortSignal;
  /** Called with what is waited for, a sentence each. @default nothing is said */
  readonly status?: (message: string) => void;
  /** Settings by their names in a stack's configuration, such as `azure-native:tenantId`. @default those of the environment */
  readonly config?: (key: string) => string | undefined;
}

/** What a preflight found out. */
export interface PreflightReport {
  /** One for each prerequisite of each server, of both together, and of each database. */
  readonly findings: readonly Finding[];
  /** How many findings have each verdict: a link can be made where none failed. */
  readonly counts: Readonly<Record<Verdict, number>>;
}
