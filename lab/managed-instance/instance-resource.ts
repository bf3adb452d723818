import type { Database } from "../sql-server/model";
import { nameKey, sameName } from "../sql-server/names";
import type { Shape } from "./api-versions";
import { ArmError, childNotFound } from "./arm-error";
import { accepted, type Call, ok, type Reply } from "./exchange";
import { type ManagedInstance, resourceId, userDatabases } from "./managed-instance";

export function instanceResource(instance: ManagedInstance, shape: Shape): object {
  const { engine, subscriptionId, resourceGroup, location, dnsZone } = instance;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return {
    sku: { name: "GP_Gen5", tier: "GeneralPurpose", family: "Gen5", capacity: 4 },
    properties: {
      provisioningState: "Succeeded",
      fullyQualifiedDomainName: engine.fqdn,
      administratorLogin: instance.administratorLogin,
      subnetId: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-lab/subnets/ManagedInstance`,
      state: "Ready",
      licenseType: "LicenseIncluded",
      vCores: 4,
      storageSizeInGB: 32,
      collation: engine.collation,
      dnsZone,
      publicDataEndpointEnabled: false,
      proxyOverride: "Proxy",
      timezoneId: "UTC",
      maintenanceConfigurationId: `/subscriptions/${subscriptionId}/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/SQL_Default`,
      privateEndpointConnections: [],
      currentBackupStorageRedundancy: "Geo",
      requestedBackupStorageRedundancy: "Geo",
      zoneRedundant: false,
      ...(shape === "new" ? { databaseFormat: instance.databaseFormat } : {}),
    },
    location,
    tags: {},
    id: resourceId(instance),
    name: engine.name,
    type: "Microsoft.Sql/managedInstances",
  };
}

export function listDatabases({ instance }: Call): Reply {
  return ok({ value: userDatabases(instance).map((database) => databaseResource(database, instance)) });
}

export function getDatabase({ instance, name }: Call): Reply {
  const database = find(name, instance);
  if (!database) throw childNotFound("databases", name);
  return ok(databaseResource(database, instance));
}

/** Only a database of its own can go: one that a link writes to is refused, after the request was accepted. */
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

export function createDatabase(): Reply {
  throw new ArmError(405, "MethodNotAllowed", "The lab's managed instances get their databases through links only.");
}

function find(name: string, instance: ManagedInstance): Database | undefined {
  return userDatabases(instance).find((database) => sameName(database.name, name));
}

function databaseResource(database: Database, instance: ManagedInstance): object {
  return {
    properties: {
      collation: instance.engine.collation,
      status: database.state === "ONLINE" ? "Online" : "Restoring",
      creationDate: database.created,
      isLedgerOn: false,
    },
    location: instance.location,
    id: `${resourceId(instance)}/databases/${database.name}`,
    name: database.name,
    type: "Microsoft.Sql/managedInstances/databases",
  };
}
