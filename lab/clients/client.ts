import type { Ready } from "#lab/index";

/** A program that nobody here wrote, with what makes it run. */
export interface Client {
  readonly name: string;
  readonly version: string;
  /** Programs that have to be on the machine: its package manager, its compiler. */
  readonly needs: readonly string[];
  /** The parts of the installation, beside the version: with other ones it is another installation. */
  readonly recipe: readonly string[];
  /** Installs it into a folder of its own; undefined where npm has installed it with this repository. */
  readonly install?: (folder: string) => Promise<void>;
}

/** A client that sends batches over one connection. */
export interface SqlClient extends Client {
  readonly kind: "sql";
  connect(folder: string, address: SqlAddress): Promise<SqlSession>;
}

export interface SqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
}

export interface SqlSession {
  run(batch: string): Promise<BatchAnswer>;
  close(): Promise<void>;
}

/** A client's view of the answer to a batch. */
export interface BatchAnswer {
  readonly sets: readonly ResultSet[];
  /** Informational messages, those of USE left out: not every client shows them. */
  readonly messages: readonly string[];
  readonly error?: string;
}

export interface ResultSet {
  readonly columns: readonly string[];
  /** Values as text: binary ones in hexadecimal digits, bits as 0 and 1. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A client that talks to Azure Resource Manager. */
export interface AzureClient extends Client {
  readonly kind: "azure";
  /** Which names the link's parameters have: those of before 2023, or those since then. */
  readonly parameters: "old" | "new";
  /** The commands for links of several databases: Azure CLI has them from 2.90 on. */
  readonly linksSeveral?: LinkingSeveral;
  open(folder: string, ready: Ready): Promise<AzureSession>;
}

export interface AzureSession {
  call(operation: Operation): Promise<unknown>;
  /** Runs a command by its words, where the client has commands. */
  command?(words: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** A command's words, for what only some clients have. */
export interface LinkingSeveral {
  create(
    request: Omit<LinkRequest, "database"> & { readonly name: string; readonly databases: readonly string[] },
  ): Words;
  update(name: string, databases: readonly string[]): Words;
}

type Words = readonly string[];

/** The requests that the procedure sends to Azure. */
export type Operation =
  | { readonly do: "sign in" }
  | { readonly do: "show instance" }
  | { readonly do: "create certificate"; readonly name: string; readonly blob: string }
  | { readonly do: "show certificate" | "delete certificate"; readonly name: string }
  | { readonly do: "show endpoint certificate"; readonly type: string }
  | { readonly do: "list certificates" | "list endpoint certificates" | "list links" }
  | ({ readonly do: "create link"; readonly name: string } & LinkRequest)
  | { readonly do: "update link"; readonly name: string; readonly replicationMode: string }
  | { readonly do: "show link" | "delete link"; readonly name: string };

export interface LinkRequest {
  readonly sqlServerGroup: string;
  readonly instanceGroup: string;
  readonly database: string;
  readonly endpoint: string;
}
