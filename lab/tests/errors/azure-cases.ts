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

/** A refused PUT of a link with something wrong in it. */
const ofLink = (code: string, what: string, changes: object, more: Partial<AzureCase> = {}): AzureCase => ({
  code,
  how: `PUT of a link, ${what}`,
  ask: link(changes),
  ...more,
});
/** A PUT of a link whose operation fails: everything is there but what `before` spoils. */
const ofOperation = (code: string, what: string, more: Partial<AzureCase> = {}): AzureCase => ({
  code,
  how: `(the operation of) PUT of a link ${what}`,
  isPrepared: true,
  ask: link({}),
  ...more,
});
/** A change of roles that is asked of a link that is up. */
const ofRoles = (code: string, how: string, ask: AzureCase["ask"]): AzureCase => ({
  code,
  how,
  isPrepared: true,
  before: createLink,
  ask,
});

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
  ofLink("InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestDatabases", "`databases: []`", { databases: [] }),
  ofLink(
    "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestInstanceAvailabilityGroupName",
    '`instanceAvailabilityGroupName: ""`',
    { instanceAvailabilityGroupName: "" },
  ),
  ofLink(
    "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerAvailabilityGroupName",
    '`partnerAvailabilityGroupName: ""`',
    { partnerAvailabilityGroupName: "" },
  ),
  ofLink("InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerEndpoint", '`partnerEndpoint: ""`', {
    partnerEndpoint: "",
  }),
  ofLink("InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestSeedingMode", "`seedingMode: Manual`", {
    seedingMode: "Manual",
  }),
  ofLink("InstanceAvailabilityGroupNamePartnerAvailabilityGroupNameMatch", "both groups of one name", {
    instanceAvailabilityGroupName: "AG_db1",
  }),
  ofLink("InvalidParameterValue", "`partnerEndpoint: not_valid_value`", { partnerEndpoint: "not_valid_value" }),
  {
    code: "InvalidResourceIdSegment",
    how: "PATCH of a link, `replicationMode: RandomValue`",
    before: putLink,
    options: unanswered,
    ask: (scene) => scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "RandomValue" } }),
  },
  ofLink(
    "InvalidMultiDbDistributedAvailabilityGroupName",
    "`linkMode: MultiDatabase`, capital letters in its name",
    {},
    { ask: link({ linkMode: "MultiDatabase" }, "2025-08-01-preview") },
  ),
  ofLink("UnableToResolveRemoteServer", "a host in `partnerEndpoint` that nobody knows", {
    partnerEndpoint: "TCP://nowhere.example:5022",
  }),
  {
    code: "CannotUseReservedDatabaseName",
    how: "PUT of a link of database master",
    ask: link({ databases: [{ databaseName: "master" }] }),
  },
  ofLink("CannotUseTrailingWhitespacesInDatabaseName", "a database whose name ends with a blank", {
    databases: [{ databaseName: "db1 " }],
  }),
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
  ofLink("DatabaseDoesNotExist", "`instanceLinkRole: Primary`, of a database that the instance does not have", {
    instanceLinkRole: "Primary",
  }),
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
  ofOperation("ManagedInstanceLinkCertificateNotFoundOnManagedInstance", "without the trust certificate (41973)", {
    before: (scene) => scene.instance.trustCertificates.clear(),
  }),
  {
    code: "ManagedInstanceLinkCertificateNotFoundOnSqlServer",
    how: "(the operation of) PUT of a link, the instance's certificate not imported (41974)",
    isPrepared: true,
    before: (scene) => scene.sqlServer.certificates.delete(scene.instance.engine.fqdn),
    ask: link({}),
  },
  ofOperation("ManagedInstanceLinkIsNotInTheCatchupState", "whose database is not in the group (41977)", {
    before: (scene) => scene.sqlServer.groups.get("ag_db1")?.databases.add("db2"),
  }),
  ofOperation("ManagedInstanceLinkIsNotFound", "that is deleted while its database is copied", {
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
      return accepted;
    },
  }),
  ofOperation("OperationInterrupted", "whose instance is stopped meanwhile", {
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      await at("POST", "stop")(scene);
      return accepted;
    },
  }),
  ofOperation("OperationTimedOut", "that is copied for more than six days", {
    options: copying,
    async ask(scene) {
      const accepted = await putLink(scene);
      scene.clock.advance(6 * 24 * hour);
      return accepted;
    },
  }),
  ofOperation("NoMoreSpaceInManagedInstance", "of a database that is larger than the storage", {
    before({ sqlServer }) {
      const database = sqlServer.databases.get("db1");
      if (database) database.sizeBytes = 33 * 2 ** 30;
    },
  }),
  ofOperation("ManagedInstanceRestoreToInstanceWithOlderVersionEdition", "from 2025 to an instance of SQLServer2022", {
    options: { version: "17.0.1000.7" },
  }),
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
  ofRoles(
    "InvalidDistributedAvailabilityGroupFailoverRequest",
    "POST failover, `failoverType: Sometimes`",
    failOver("Sometimes"),
  ),
  ofRoles(
    "InvalidDistributedAvailabilityGroupFailoverInstanceRole",
    "POST failover, `failoverType: Planned`, where the instance is secondary",
    failOver("Planned"),
  ),
  ofRoles(
    "InvalidDistributedAvailabilityGroupSetRoleRequest",
    "POST setRole, `{}`",
    at("POST", "distributedAvailabilityGroups/DAG_db1/setRole", {}),
  ),
  ofRoles("InvalidDistributedAvailabilityGroupRole", "POST setRole, `instanceRole: Third`", setRole("Third", "Forced")),
  ofRoles(
    "InvalidDistributedAvailabilityGroupChangeType",
    "POST setRole, `roleChangeType: Sometimes`",
    setRole("Primary", "Sometimes"),
  ),
  ofRoles(
    "DistributedAvailabilityGroupSetRoleInstanceAlreadyInRequestedRole",
    "(the operation of) POST setRole, the role that it has (41965)",
    setRole("Secondary", "Forced"),
  ),
  ofRoles(
    "DistributedAvailabilityGroupSetRolePrimaryPlannedNotSupported",
    "(the operation of) POST setRole, Primary and Planned (41970)",
    setRole("Primary", "Planned"),
  ),
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
