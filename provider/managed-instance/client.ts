import type { Config } from "../dynamic/handler";

/**
 * Azure Resource Manager, as lifecycles use it in one operation. Tokens and connections behind it are shared by the
 * process. Every method waits, with a word to the user, while Azure throttles, is out of order for a moment, or the
 * instance is busy with something else; what remains is thrown as a VisibleError with Azure's code.
 * `doing` completes "Could not ...": "create the link [x] on the managed instance mi1".
 */
export interface AzureAccess {
  /** The instance behind a resource id. Throws when it, its resource group or its subscription is missing, or when it is stopped. */
  managedInstance(id: string): Promise<ManagedInstance>;
  /** Public key of the instance's DATABASE_MIRRORING endpoint: DER in upper-case hexadecimal, without `0x`. Throws as `managedInstance`. */
  endpointCertificate(id: string): Promise<string>;
  /** undefined when the resource itself is not there. A missing instance or resource group is thrown. */
  find<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  list<Properties>(doing: string, collectionId: string): Promise<readonly ArmResource<Properties>[]>;
  /** PUT, PATCH and DELETE last until their long-running operation has ended; a failed one is thrown. */
  put(doing: string, resourceId: string, properties: object, progress?: Progress): Promise<void>;
  patch(doing: string, resourceId: string, properties: object): Promise<void>;
  /** Succeeds when the resource is gone already. */
  delete(doing: string, resourceId: string): Promise<void>;
}

/** Called after each look at an operation that still runs. */
export type Progress = () => Promise<void>;

export interface ManagedInstance {
  /** The resource id in its canonical spelling. */
  readonly id: string;
  /** Short name, which is the first label of the FQDN: `mi1`. */
  readonly name: string;
  /** Host name of the VNet-local endpoint: `mi1.<dnsZone>.database.windows.net`. */
  readonly fqdn: string;
  readonly dnsZone: string;
  /** `Ready`; anything else is refused before. */
  readonly state: string;
  readonly location: string;
  /** Update policy: `SQLServer2022`, `SQLServer2025` or `AlwaysUpToDate`; undefined where Azure does not say. */
  readonly databaseFormat?: string;
  readonly collation?: string;
}

export interface ArmResource<Properties> {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties;
}

export interface AzureOperation {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly config: Config;
}
