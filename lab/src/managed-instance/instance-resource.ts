import { addDatabase } from "../sql-server/instance";
import type { Database } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { sameName } from "../tsql/values/collation";
import type { Shape } from "./api-versions";
import { childNotFound } from "./arm-error";
import { azureTime } from "./azure-time";
import { refuseWhileCreatingLink } from "./creating-link";
import { checkDatabaseName } from "./database-name";
import { accepted, type Call, ok, type Reply } from "./exchange";
import { type ManagedInstance, resourceId, userDatabases } from "./managed-instance";

export function instanceResource(instance: ManagedInstance, shape: Shape): object {
  const { engine, subscriptionId, location, dnsZone, serviceTier } = instance;
  return {
    sku: skuOf(instance),
    properties: {
      provisioningState: provisioningStates[instance.state] ?? "Succeeded",
      fullyQualifiedDomainName: engine.fqdn,
      administratorLogin: instance.administratorLogin,
      subnetId: instance.subnetId,
      state: instance.state,
      licenseType: instance.licenseType,
      vCores: instance.vCores,
      storageSizeInGB: instance.storageSizeInGB,
      collation: engine.collation,
      dnsZone,
      publicDataEndpointEnabled: instance.publicDataEndpointEnabled,
      proxyOverride: "Proxy",
      timezoneId: "UTC",
      maintenanceConfigurationId: `/subscriptions/${subscriptionId}/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/SQL_Default`,
      privateEndpointConnections: [],
      currentBackupStorageRedundancy: "Geo",
      requestedBackupStorageRedundancy: "Geo",
      zoneRedundant: false,
      ...(shape === "new"
        ? { hybridSecondaryUsage: instance.hybridSecondaryUsage, databaseFormat: instance.databaseFormat }
        : {}),
      ...(shape === "new" && serviceTier === "NextGenGeneralPurpose" ? { isGeneralPurposeV2: true } : {}),
    },
    location,
    tags: instance.tags,
    id: resourceId(instance),
    name: engine.name,
    type: "Microsoft.Sql/managedInstances",
  };
}

const provisioningStates: Partial<Record<ManagedInstance["state"], string>> = {
  Updating: "Updating",
  Deleting: "Deleting",
};

function skuOf({ serviceTier, vCores }: ManagedInstance): object {
  const isCritical = serviceTier === "BusinessCritical";
  const tier = isCritical ? "BusinessCritical" : "GeneralPurpose";
  return { name: isCritical ? "BC_Gen5" : "GP_Gen5", tier, family: "Gen5", capacity: vCores };
}

export function listDatabases({ instance }: Call): Reply {
  return ok({ value: userDatabases(instance).map((database) => databaseResource(database, instance)) });
}

export function getDatabase({ instance, name }: Call): Reply {
  const database = find(name, instance);
  if (!database) throw childNotFound("databases", name);
  return ok(databaseResource(database, instance));
}

/** Deletes a database. One that a link writes to is refused, after the request was accepted. */
export function deleteDatabase(call: Call): Reply {
  const { instance, name } = call;
  const database = find(name, instance);
  if (!database) return { status: 204 };
  return accepted(call, "managedDatabase", "DropManagedDatabase", () => {
    if (database.replicaId) {
      return {
        code: "InvalidOperationForDatabaseNotInReplicationRelationship",
        message: `The operation cannot be performed since the database '${database.name}' is in a replication relationship.`,
      };
    }
    instance.engine.databases.delete(nameKey(database.name));
    return undefined;
  });
}

/** Creates an empty database, backed up by the service as all of them are. */
export function createDatabase(call: Call): Reply {
  const { instance, name, azure } = call;
  checkDatabaseName(name);
  const known = find(name, instance);
  if (known) return ok(databaseResource(known, instance));
  refuseWhileCreatingLink(call, "CreateManagedDatabase");
  const create = () => {
    addDatabase(instance.engine, { name, isBackedUp: true }, azure.clock.now());
    return undefined;
  };
  return accepted(call, "managedDatabase", "CreateManagedDatabase", create, () => {
    const made = find(name, instance);
    return made && databaseResource(made, instance);
  });
}

function find(name: string, instance: ManagedInstance): Database | undefined {
  return userDatabases(instance).find((database) => sameName(database.name, name));
}

function databaseResource(database: Database, instance: ManagedInstance): object {
  return {
    properties: {
      collation: instance.engine.collation,
      status: database.state === "ONLINE" ? "Online" : "Restoring",
      creationDate: azureTime(database.created),
      isLedgerOn: false,
    },
    location: instance.location,
    id: `${resourceId(instance)}/databases/${database.name}`,
    name: database.name,
    type: "Microsoft.Sql/managedInstances/databases",
  };
}
