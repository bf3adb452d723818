import type { HttpMethods } from "@azure/core-rest-pipeline";
import { addDatabase } from "#lab/sql-server/instance";
import type { Answer } from "../managed-instance/arm-client";
import { createLink, putLink } from "../managed-instance/link-calls";
import { child, linkAddress, linkBody, type Scene, type SceneOptions } from "../managed-instance/scene";

/** How a code of Azure's is raised: in what lab, what happens before, and the request that is refused or fails. */
export interface AzureCase {
  readonly code: string;
  /** For the table. */
  readonly how: string;
  readonly options?: SceneOptions;
  /** Everything that a link needs is there before. */
  readonly isPrepared?: boolean;
  readonly before?: (scene: Scene) => unknown;
  readonly ask: (scene: Scene) => Promise<Answer>;
}

const hour = 3_600_000;
const blob = (scene: Scene) => scene.instance.endpointCertificate.der.toString("hex");
const link = (changes: object, version?: string, name?: string) => (scene: Scene) =>
  scene.arm.send("PUT", linkAddress(scene, version, name), linkBody(scene, changes));
const at = (method: HttpMethods, rest: string, body?: object) => (scene: Scene) =>
  scene.arm.send(method, child(scene, rest), body);
const instance = (method: HttpMethods, properties: object) => (scene: Scene) =>
  scene.arm.send(method, child(scene, "").replace("/?", "?"), { properties });
const certificate = (publicBlob: string) => at("PUT", "serverTrustCertificates/c", { properties: { publicBlob } });
const failOver = (failoverType: string) =>
  at("POST", "distributedAvailabilityGroups/DAG_db1/failover", { failoverType });
const setRole = (instanceRole: string, roleChangeType: string) =>
  at("POST", "distributedAvailabilityGroups/DAG_db1/setRole", { instanceRole, roleChangeType });
const slow: SceneOptions = { options: { changeMilliseconds: hour } };
const copying: SceneOptions = { options: { seedingBytesPerSecond: 1, linkTimeoutMilliseconds: hour } };
const unanswered: SceneOptions = { options: { linkTimeoutMilliseconds: hour } };

async function untilInstancePrimary(scene: Scene): Promise<void> {
  await createLink(scene);
  const group = scene.sqlServer.groups.get("dag_db1");
  if (group) await scene.running.network.changeRole(scene.sqlServer, group, "failover");
}

const certificates: readonly AzureCase[] = [
  { code: "InvalidPublicBlob", how: "PUT serverTrustCertificates, half a certificate", ask: certificate("0x3082") },
  { code: "MissingPublicBlob", how: 'PUT serverTrustCertificates, `publicBlob: ""`', ask: certificate("") },
  {
    code: "MissingCertificateName",
    how: "DELETE serverTrustCertificates/%20",
    ask: at("DELETE", "serverTrustCertificates/%20"),
  },
  {
    code: "MethodNotAllowed",
    how: "PUT serverTrustCertificates/ without a name",
    ask: at("PUT", "serverTrustCertificates/", {}),
  },
  {
    code: "CertificateAlreadyExists",
    how: "PUT serverTrustCertificates, the same blob under a second name",
    before: async (scene) => scene.arm.finish(await certificate(blob(scene))(scene)),
    ask: (scene) => at("PUT", "serverTrustCertificates/d", { properties: { publicBlob: blob(scene) } })(scene),
  },
];

const instances: readonly AzureCase[] = [
  {
    code: "ResourceNotFound",
    how: "GET distributedAvailabilityGroups/none",
    ask: at("GET", "distributedAvailabilityGroups/none"),
  },
  {
    code: "ManagedInstanceStoppingOrStopped",
    how: "PUT of a certificate while the instance stops",
    options: slow,
    before: at("POST", "stop"),
    ask: certificate(""),
  },
  {
    code: "ManagedInstanceStarting",
    how: "PUT of a certificate while the instance starts",
    options: slow,
    before: at("POST", "start"),
    ask: certificate(""),
  },
  {
    code: "ManagedInstanceOperationInProgress",
    how: "POST stop while the instance is scaled",
    options: slow,
    before: instance("PATCH", { vCores: 8 }),
    ask: at("POST", "stop"),
  },
  {
    code: "ConflictingServerOperation",
    how: "PATCH of the instance while it is scaled",
    options: slow,
    before: instance("PATCH", { vCores: 8 }),
    ask: instance("PATCH", { vCores: 16 }),
  },
  {
    code: "ManagedInstanceIsBusy",
    how: "PUT of a certificate while the instance is scaled",
    options: slow,
    before: instance("PATCH", { vCores: 8 }),
    ask: certificate(""),
  },
  {
    code: "OperationCancelled",
    how: "(the operation of) PATCH of the instance, cancelled by POST operations/{id}/cancel",
    options: slow,
    async ask(scene) {
      const accepted = await instance("PATCH", { vCores: 8 })(scene);
      const id = accepted.headers["x-ms-request-id"] ?? "";
      await at("POST", `operations/${id}/cancel`)(scene);
      return accepted;
    },
  },
  {
    code: "CannotCancelOperation",
    how: "POST operations/{id}/cancel of a stop",
    options: slow,
    async ask(scene) {
      const accepted = await at("POST", "stop")(scene);
      return at("POST", `operations/${accepted.headers["x-ms-request-id"]}/cancel`)(scene);
    },
  },
  {
    code: "ManagedInstanceUpdateSloFromNewerToOlderVersionEditionNotAllowed",
    how: "PATCH of the instance, `databaseFormat` from SQLServer2025 to SQLServer2022",
    options: { instance: { databaseFormat: "SQLServer2025" } },
    ask: instance("PATCH", { databaseFormat: "SQLServer2022" }),
  },
  {
    code: "ManagedInstanceUpdateSloFromVersionlessToVersionedNotAllowed",
    how: "PATCH of the instance, `databaseFormat` from AlwaysUpToDate to SQLServer2025",
    options: { instance: { databaseFormat: "AlwaysUpToDate" } },
    ask: instance("PATCH", { databaseFormat: "SQLServer2025" }),
  },
  { code: "InvalidVcoreValue", how: "PATCH of the instance, `vCores: 5`", ask: instance("PATCH", { vCores: 5 }) },
  {
    code: "InvalidStorageSizeValue",
    how: "PATCH of the instance, `storageSizeInGB: 33`",
    ask: instance("PATCH", { storageSizeInGB: 33 }),
  },
  {
    code: "InstanceCollationUpdateNotSupported",
    how: "PATCH of the instance, another `collation`",
    ask: instance("PATCH", { collation: "Latin1_General_BIN2" }),
  },
];

const requests: readonly AzureCase[] = [
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequest",
    how: "PUT of a link, `properties: {}`",
    ask: (scene) => scene.arm.send("PUT", linkAddress(scene), { properties: {} }),
  },
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestDatabases",
    how: "PUT of a link, `databases: []`",
    ask: link({ databases: [] }),
  },
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestInstanceAvailabilityGroupName",
    how: 'PUT of a link, `instanceAvailabilityGroupName: ""`',
    ask: link({ instanceAvailabilityGroupName: "" }),
  },
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerAvailabilityGroupName",
    how: 'PUT of a link, `partnerAvailabilityGroupName: ""`',
    ask: link({ partnerAvailabilityGroupName: "" }),
  },
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerEndpoint",
    how: 'PUT of a link, `partnerEndpoint: ""`',
    ask: link({ partnerEndpoint: "" }),
  },
  {
    code: "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestSeedingMode",
    how: "PUT of a link, `seedingMode: Manual`",
    ask: link({ seedingMode: "Manual" }),
  },
  {
    code: "InstanceAvailabilityGroupNamePartnerAvailabilityGroupNameMatch",
    how: "PUT of a link, both groups of one name",
    ask: link({ instanceAvailabilityGroupName: "AG_db1" }),
  },
  {
    code: "InvalidParameterValue",
    how: "PUT of a link, `partnerEndpoint: not_valid_value`",
    ask: link({ partnerEndpoint: "not_valid_value" }),
  },
  {
    code: "InvalidResourceIdSegment",
    how: "PATCH of a link, `replicationMode: RandomValue`",
    before: putLink,
    options: unanswered,
    ask: (scene) => scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "RandomValue" } }),
  },
  {
    code: "InvalidMultiDbDistributedAvailabilityGroupName",
    how: "PUT of a link, `linkMode: MultiDatabase`, capital letters in its name",
    ask: link({ linkMode: "MultiDatabase" }, "2025-08-01-preview"),
  },
  {
    code: "UnableToResolveRemoteServer",
    how: "PUT of a link, a host in `partnerEndpoint` that nobody knows",
    ask: link({ partnerEndpoint: "TCP://nowhere.example:5022" }),
  },
  {
    code: "CannotUseReservedDatabaseName",
    how: "PUT of a link of database master",
    ask: link({ databases: [{ databaseName: "master" }] }),
  },
  {
    code: "CannotUseTrailingWhitespacesInDatabaseName",
    how: "PUT of a link, a database whose name ends with a blank",
    ask: link({ databases: [{ databaseName: "db1 " }] }),
  },
  {
    code: "ManagedDatabaseNameInUse",
    how: "PUT of a link of a database that the instance has",
    before: ({ instance: { engine }, clock }) => addDatabase(engine, { name: "db1" }, clock.now()),
    ask: link({}),
  },
  {
    code: "DatabaseNumberLimitReached",
    how: "PUT of a link, on an instance with 100 databases",
    before({ instance: { engine }, clock }) {
      for (let number = 1; number <= 100; number++) addDatabase(engine, { name: `other${number}` }, clock.now());
    },
    ask: link({}),
  },
  {
    code: "DatabaseDoesNotExist",
    how: "PUT of a link, `instanceLinkRole: Primary`, of a database that the instance does not have",
    ask: link({ instanceLinkRole: "Primary" }),
  },
  {
    code: "OperationCanNotStartDueToMiLink",
    how: "PUT of a second link while one is created, with --one-link-at-a-time",
    options: { options: { linksSideBySide: false, linkTimeoutMilliseconds: hour } },
    before: link({}),
    ask: link({ instanceAvailabilityGroupName: "other" }, undefined, "other"),
  },
  {
    code: "ManagedInstanceLinkForProvidedAvailabilityGroupsAlreadyExists",
    how: "PUT of a link that exists, with another database",
    options: unanswered,
    before: link({}),
    ask: link({ databases: [{ databaseName: "db2" }] }),
  },
  {
    code: "ConflictingDatabaseOperation",
    how: "PATCH of a link while it is failed over",
    isPrepared: true,
    options: slow,
    before: async (scene) => {
      await createLink(scene);
      await setRole("Secondary", "Planned")(scene);
      const known = scene.instance.links.get("dag_db1");
      if (known) known.isFailingOver = true;
    },
    ask: (scene) => scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "Sync" } }),
  },
  {
    code: "SubscriptionRequestsThrottled",
    how: "a second write at once, with --arm-quota 1",
    options: { options: { requestQuota: 1 } },
    before: certificate(""),
    ask: certificate(""),
  },
  {
    code: "SubscriptionTooManyCreateUpdateRequests",
    how: "PUT of a second link while an operation runs, with --arm-operations 1",
    options: { options: { concurrentOperations: 1, linkTimeoutMilliseconds: hour } },
    before: link({}),
    ask: link({}, undefined, "other"),
  },
  {
    code: "OperationIdNotFound",
    how: "(the operation of) DELETE of a link that is not there",
    ask: at("DELETE", "distributedAvailabilityGroups/none"),
  },
];

const operations: readonly AzureCase[] = [
  {
    code: "ManagedInstanceLinkConnectivityIsNotEstablished",
    how: "(the operation of) PUT of a link that no SQL Server answers",
    ask: link({}),
  },
  {
    code: "ManagedInstanceLinkCertificateNotFoundOnManagedInstance",
    how: "(the operation of) PUT of a link without the trust certificate (41973)",
    isPrepared: true,
    before: (scene) => scene.instance.trustCertificates.clear(),
    ask: link({}),
  },
  {
    code: "ManagedInstanceLinkCertificateNotFoundOnSqlServer",
    how: "(the operation of) PUT of a link, the instance's certificate not imported (41974)",
    isPrepared: true,
    before: (scene) => scene.sqlServer.certificates.delete(scene.instance.engine.fqdn),
    ask: link({}),
  },
  {
    code: "ManagedInstanceLinkIsNotInTheCatchupState",
    how: "(the operation of) PUT of a link whose database is not in the group (41977)",
    isPrepared: true,
    before: (scene) => scene.sqlServer.groups.get("ag_db1")?.databases.add("db2"),
    ask: link({}),
  },
  {
    code: "ManagedInstanceLinkIsNotFound",
    how: "(the operation of) PUT of a link that is deleted while its database is copied",
    isPrepared: true,
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
      return accepted;
    },
  },
  {
    code: "OperationInterrupted",
    how: "(the operation of) PUT of a link whose instance is stopped meanwhile",
    isPrepared: true,
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      await at("POST", "stop")(scene);
      return accepted;
    },
  },
  {
    code: "OperationTimedOut",
    how: "(the operation of) PUT of a link that is copied for more than six days",
    isPrepared: true,
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      scene.clock.advance(6 * 24 * hour);
      return accepted;
    },
  },
  {
    code: "NoMoreSpaceInManagedInstance",
    how: "(the operation of) PUT of a link of a database that is larger than the storage",
    isPrepared: true,
    before({ sqlServer }) {
      const database = sqlServer.databases.get("db1");
      if (database) database.sizeBytes = 33 * 2 ** 30;
    },
    ask: link({}),
  },
  {
    code: "ManagedInstanceRestoreToInstanceWithOlderVersionEdition",
    how: "(the operation of) PUT of a link from 2025 to an instance of SQLServer2022",
    isPrepared: true,
    options: { version: "17.0.1000.7" },
    ask: link({}),
  },
  {
    code: "RemoteDatabaseExists",
    how: "(the operation of) PUT of a link, `instanceLinkRole: Primary`, of a database that SQL Server has",
    isPrepared: true,
    before({ instance: { engine }, sqlServer, clock }) {
      addDatabase(engine, { name: "db1" }, clock.now());
      const group = sqlServer.groups.get("ag_db1");
      group?.databases.clear();
      const distributed = sqlServer.groups.get("dag_db1");
      if (distributed) distributed.role = "SECONDARY";
      const remote = distributed?.replicas[1];
      if (remote) remote.url = `${remote.url};Database=[db1]`;
    },
    ask: link({ instanceLinkRole: "Primary" }),
  },
  {
    code: "InvalidOperationForDatabaseNotInReplicationRelationship",
    how: "(the operation of) PATCH of a link that is not up",
    options: unanswered,
    before: putLink,
    ask: (scene) => scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "Sync" } }),
  },
];

const roles: readonly AzureCase[] = [
  {
    code: "InvalidDistributedAvailabilityGroupFailoverRequest",
    how: "POST failover, `failoverType: Sometimes`",
    isPrepared: true,
    before: createLink,
    ask: failOver("Sometimes"),
  },
  {
    code: "InvalidDistributedAvailabilityGroupFailoverInstanceRole",
    how: "POST failover, `failoverType: Planned`, where the instance is secondary",
    isPrepared: true,
    before: createLink,
    ask: failOver("Planned"),
  },
  {
    code: "InvalidDistributedAvailabilityGroupSetRoleRequest",
    how: "POST setRole, `{}`",
    isPrepared: true,
    before: createLink,
    ask: at("POST", "distributedAvailabilityGroups/DAG_db1/setRole", {}),
  },
  {
    code: "InvalidDistributedAvailabilityGroupRole",
    how: "POST setRole, `instanceRole: Third`",
    isPrepared: true,
    before: createLink,
    ask: setRole("Third", "Forced"),
  },
  {
    code: "InvalidDistributedAvailabilityGroupChangeType",
    how: "POST setRole, `roleChangeType: Sometimes`",
    isPrepared: true,
    before: createLink,
    ask: setRole("Primary", "Sometimes"),
  },
  {
    code: "DistributedAvailabilityGroupSetRoleInstanceAlreadyInRequestedRole",
    how: "(the operation of) POST setRole, the role that it has (41965)",
    isPrepared: true,
    before: createLink,
    ask: setRole("Secondary", "Forced"),
  },
  {
    code: "DistributedAvailabilityGroupSetRolePrimaryPlannedNotSupported",
    how: "(the operation of) POST setRole, Primary and Planned (41970)",
    isPrepared: true,
    before: createLink,
    ask: setRole("Primary", "Planned"),
  },
  {
    code: "DistributedAvailabilityGroupSetRoleChangeRoleAlreadyInProgress",
    how: "POST failover while one runs (41968)",
    isPrepared: true,
    options: { options: { changeMilliseconds: 400 } },
    before: async (scene) => {
      await untilInstancePrimary(scene);
      await failOver("Planned")(scene);
    },
    ask: failOver("Planned"),
  },
  {
    code: "DistributedAvailabilityGroupFailoverSecondariesNotSynchronizing",
    how: "(the operation of) POST failover across a cut network (47514)",
    isPrepared: true,
    before: async (scene) => {
      await untilInstancePrimary(scene);
      scene.running.azure.cuts.cut("sqlserver1", "sqlmi1");
    },
    ask: failOver("Planned"),
  },
];

export const azureCases: readonly AzureCase[] = [...certificates, ...instances, ...requests, ...operations, ...roles];
