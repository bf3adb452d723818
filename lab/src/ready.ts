/** The ready file: how programs find the lab. Its shape is a contract. */
export interface Ready {
  readonly sqlServers: readonly ReadySqlServer[];
  readonly managedInstances: readonly ReadyManagedInstance[];
  readonly arm: {
    readonly endpoint: string;
    readonly authority: string;
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
  /** PEM of the authority that signs what the lab's servers show in TLS. */
  readonly caFile: string;
  /** The control port, if one was asked for. */
  readonly control?: { readonly endpoint: string };
}

export interface ReadySqlServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly version: string;
  readonly databases: readonly string[];
}

export interface ReadyManagedInstance {
  readonly name: string;
  /** Resource id. */
  readonly id: string;
  readonly fqdn: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}
