import type { Fault } from "./fault";

/** A managed instance, as far as links need to know it. */
export interface ManagedInstance {
  /** The resource id that was asked for. */
  readonly id: string;
  /** Short name, which is the first label of the FQDN: `mi1`. */
  readonly name: string;
  /** Host name of the VNet-local endpoint: `mi1.<dnsZone>.database.windows.net`. */
  readonly fqdn: string;
  readonly dnsZone: string;
  /** `Ready` and the like; an instance that is stopped is refused before. */
  readonly state: string;
  readonly location: string;
  /** Update policy: `SQLServer2022`, `SQLServer2025` or `AlwaysUpToDate`; undefined where Azure does not say. */
  readonly databaseFormat?: string;
  readonly collation?: string;
}

/** The body of a GET of the instance. */
export interface InstanceBody {
  readonly name: string;
  readonly location: string;
  readonly sku?: { readonly tier?: string };
  readonly properties: {
    readonly fullyQualifiedDomainName: string;
    readonly dnsZone: string;
    readonly state?: string;
    readonly databaseFormat?: string;
    readonly collation?: string;
    readonly storageSizeInGB?: number;
    /** Next-gen General Purpose. */
    readonly isGeneralPurposeV2?: boolean;
  };
}

export function instanceOf(id: string, { name, location, properties }: InstanceBody): ManagedInstance {
  const { fullyQualifiedDomainName: fqdn, dnsZone, state = "Ready", databaseFormat, collation } = properties;
  return { id, name, fqdn, dnsZone, state, location, databaseFormat, collation };
}

/** The code with which Azure refuses requests to an instance in this state. */
const unusable: Readonly<Record<string, string>> = {
  stopped: "ManagedInstanceStoppingOrStopped",
  stopping: "ManagedInstanceStoppingOrStopped",
  starting: "ManagedInstanceStarting",
  creating: "ManagedInstanceOperationInProgress",
  deleting: "ManagedInstanceDeleting",
};

/** undefined where the instance can be used. */
export function instanceFault({ name, properties: { state = "Ready" } }: InstanceBody): Fault | undefined {
  const code = unusable[state.toLowerCase()];
  return code === undefined ? undefined : { code, text: `the managed instance ${name} is in the state ${state}.` };
}
