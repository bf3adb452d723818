import { sameName } from "../tsql/values/collation";
import { ArmError } from "./arm-error";
import { creatingLink } from "./creating-link";
import { accepted, type Call, invalidParameter, isRecord, propertiesOf, type Reply, textOf } from "./exchange";
import { instanceResource } from "./instance-resource";
import { refuseUnlessReady } from "./instance-state";
import { type ManagedInstance, userDatabases } from "./managed-instance";

/** The settings of an instance that can be changed. */
type Settings = Pick<
  ManagedInstance,
  | "vCores"
  | "storageSizeInGB"
  | "licenseType"
  | "databaseFormat"
  | "hybridSecondaryUsage"
  | "publicDataEndpointEnabled"
  | "tags"
>;

/**
 * Scales an instance or changes its update policy, by PATCH or PUT. The old values stay until the operation has
 * ended, and if it is cancelled.
 */
export function updateInstance(call: Call): Reply {
  const { instance, azure, failOperation, shape } = call;
  const settings = requestedSettings(call);
  if (instance.state === "Updating")
    throw new ArmError(409, "ConflictingServerOperation", "An operation is currently in progress for the server.");
  refuseUnlessReady(instance);
  if ([...instance.links.values()].some(({ phase }) => phase === "creating")) throw creatingLink("UpsertManagedServer");
  if (!failOperation) instance.state = "Updating";
  const work = async (signal: AbortSignal) => {
    try {
      await azure.clock.sleep(azure.options.changeMilliseconds ?? 0, signal);
      Object.assign(instance, settings);
      return undefined;
    } finally {
      instance.state = "Ready";
    }
  };
  return accepted(call, "managedInstance", "UpsertManagedServer", work, () => instanceResource(instance, shape), true);
}

function requestedSettings({ instance, body }: Call): Partial<Settings> {
  const properties = propertiesOf(body);
  refuseFixed(properties, instance);
  const { vCores, storageSizeInGB, licenseType, databaseFormat, hybridSecondaryUsage } = properties;
  const { publicDataEndpointEnabled } = properties;
  const tags = isRecord(body) && isRecord(body.tags) ? body.tags : undefined;
  const all = {
    vCores: vCores === undefined ? undefined : vCoresOf(vCores),
    storageSizeInGB: storageSizeInGB === undefined ? undefined : storageOf(storageSizeInGB, instance),
    licenseType: licenseType === undefined ? undefined : licenseOf(textOf(licenseType)),
    databaseFormat: databaseFormat === undefined ? undefined : formatOf(textOf(databaseFormat), instance),
    hybridSecondaryUsage: hybridSecondaryUsage === undefined ? undefined : usageOf(textOf(hybridSecondaryUsage)),
    publicDataEndpointEnabled: publicDataEndpointEnabled === undefined ? undefined : publicDataEndpointEnabled === true,
    tags,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Refuses to change what an instance keeps for life. */
function refuseFixed(properties: Readonly<Record<string, unknown>>, { engine, subnetId }: ManagedInstance): void {
  const differs = (member: string, own: string) =>
    properties[member] !== undefined && !sameName(textOf(properties[member]), own);
  if (differs("collation", engine.collation))
    throw new ArmError(
      400,
      "InstanceCollationUpdateNotSupported",
      "User cannot change instance collation on Managed Instance.",
    );
  if (differs("timezoneId", "UTC"))
    throw new ArmError(400, "InstanceTimezoneUpdateNotSupported", "Instance timezone update not supported.");
  if (differs("subnetId", subnetId))
    throw new ArmError(
      400,
      "SubnetIdCantBeUpdated",
      "Changing managed instance subnet is not supported operation. Please remove this parameter from the request.",
    );
}

function vCoresOf(value: unknown): number {
  const found = [4, 8, 16, 24, 32, 40, 64, 80].find((allowed) => allowed === value);
  if (found === undefined)
    throw new ArmError(
      405,
      "InvalidVcoreValue",
      `vCore value ${String(value)} is not valid. Please specify a valid vCore value.`,
    );
  return found;
}

/** The limits are those of General Purpose with up to 80 vCores. In Azure, the largest size depends on the number of vCores. */
function storageOf(value: unknown, instance: ManagedInstance): number {
  const [least, most, step] = [32, 16384, 32];
  if (typeof value !== "number" || value < least || value > most || value % step !== 0)
    throw new ArmError(
      405,
      "InvalidStorageSizeValue",
      `Invalid storage size: ${String(value)} GB. Storage size must be specified between ${least} and ${most} gigabytes, in increments of ${step} GB.`,
    );
  const bytes = userDatabases(instance).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const used = Math.ceil(bytes / 2 ** 30);
  if (value < used)
    throw new ArmError(
      400,
      "ManagedInstanceInvalidStorageSizeLessThenCurrentSizeUsed",
      `Invalid storage size: Storage size limit (${value} GB) is less that current storage used (${used} GB). Please specify higher storage size limit.`,
    );
  return value;
}

function licenseOf(value: string): Settings["licenseType"] {
  const found = (["LicenseIncluded", "BasePrice"] as const).find((allowed) => sameName(allowed, value));
  if (!found)
    throw new ArmError(400, "ManagedInstanceInvalidLicenseType", `The specified license type ${value} is not valid.`);
  return found;
}

function usageOf(value: string): Settings["hybridSecondaryUsage"] {
  const found = (["Active", "Passive"] as const).find((allowed) => sameName(allowed, value));
  if (!found) throw invalidParameter("HybridSecondaryUsage");
  return found;
}

const formats = ["SQLServer2022", "SQLServer2025", "AlwaysUpToDate"] as const;

/** "The change of the update policy is irreversible": only a newer one is accepted. */
function formatOf(value: string, { databaseFormat }: ManagedInstance): Settings["databaseFormat"] {
  const found = formats.find((allowed) => sameName(allowed, value));
  if (!found) throw invalidParameter("DatabaseFormat");
  if (formats.indexOf(found) >= formats.indexOf(databaseFormat)) return found;
  throw new ArmError(
    400,
    databaseFormat === "AlwaysUpToDate"
      ? "ManagedInstanceUpdateSloFromVersionlessToVersionedNotAllowed"
      : "ManagedInstanceUpdateSloFromNewerToOlderVersionEditionNotAllowed",
    `Changing the database format from '${databaseFormat}' to '${found}' is not supported. Check the database format property value specified and visit https://aka.ms/sqlmidatabaseformat  for more details.`,
  );
}
