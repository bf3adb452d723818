import type { Statement } from "../sql-server/tsql";

/** What a script must know beforehand, as it does not ask the servers. */
export interface Names {
  /** `@@SERVERNAME` of the SQL Server. */
  readonly serverName: string;
  /** Host name of the managed instance. */
  readonly fqdn: string;
}

/** What a resource's create sends where nothing is there yet. */
export interface Steps {
  readonly steps: readonly Step[];
  /** Its outputs, as far as other resources take them. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export type Step = SqlStep | AzureStep;

interface AnyStep {
  /** "create the database master key" */
  readonly doing: string;
  /** The place (`sql.place`) of later steps that takes what this one answers. */
  readonly gives?: string;
}

export interface SqlStep extends AnyStep {
  readonly on: "SQL Server";
  readonly statement: Statement;
  /** Where the query finds something, create sends nothing. In words: "there is one". */
  readonly unless?: { readonly words: string; readonly query: Statement };
}

export type AzureStep = AzurePut | AzureGet;

interface AzureCall extends AnyStep {
  readonly on: "Azure";
  readonly path: string;
  /** What is looked at in the answer to a GET, as JMESPath: after a PUT, until there is something. */
  readonly query: string;
}

export interface AzurePut extends AzureCall {
  readonly method: "PUT";
  /** A place stands in it as in T-SQL. */
  readonly properties: object;
  /** The words with which the answer begins while it is not done; "error" in it means failure. */
  readonly unfinished?: readonly string[];
}

export interface AzureGet extends AzureCall {
  readonly method: "GET";
}
