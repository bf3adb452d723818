import type { Act, Cell, Shown } from "./cell";

const link = "distributedAvailabilityGroups/DAG_db1";
const asMade: Shown = {
  get: link,
  properties: {
    partnerEndpoint: "{url}",
    partnerAvailabilityGroupName: "AG_db1",
    instanceAvailabilityGroupName: "AG_db1_MI",
    failoverMode: "Manual",
    replicationMode: "Async",
    instanceLinkRole: "Secondary",
  },
};
const put = (changed: object): Act => ({
  request: `PUT ${link}`,
  body: {
    properties: {
      databases: [{ databaseName: "db1" }],
      partnerEndpoint: "{url}",
      partnerAvailabilityGroupName: "AG_db1",
      instanceAvailabilityGroupName: "AG_db1_MI",
      instanceLinkRole: "Secondary",
      failoverMode: "Manual",
      seedingMode: "Automatic",
      ...changed,
    },
  },
});
const gone: readonly Act[] = [{ request: `DELETE ${link}` }, { request: "DELETE databases/db1" }];
const copy: Shown = {
  query: "SELECT state_desc AS state FROM sys.databases WHERE name = N'db1'",
  onInstance: true,
  row: { state: "ONLINE" },
};
const fail = (type: string): Act => ({ request: `POST ${link}/failover`, body: { failoverType: type } });

export const linkCells: readonly Cell[] = [
  {
    resource: "InstanceLink",
    property: "replicationMode: Sync",
    byHand: [{ request: `PATCH ${link}`, body: { properties: { replicationMode: "Sync" } } }],
    found: ["update link: replicationMode"],
    shown: [asMade],
  },
  {
    resource: "InstanceLink",
    property: "role: failed over to Azure",
    byHand: [
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT), N'AG_db1_MI' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT)",
      "ALTER AVAILABILITY GROUP [DAG_db1] SET (ROLE = SECONDARY)",
      fail("ForcedAllowDataLoss"),
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT), N'AG_db1_MI' WITH (AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT)",
    ],
    found: [],
    because: "who is primary is observed, and no difference",
    shown: [{ get: link, properties: { instanceLinkRole: "Primary" } }],
    afterwards: [fail("Planned")],
  },
  {
    resource: "InstanceLink",
    property: "distributedAvailabilityGroupId: deleted with its copy, and made again by hand",
    byHand: [...gone, put({})],
    found: [],
    because: "it is just what the program asks for, whoever made it",
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "failoverMode: None, as somebody made the link again",
    byHand: [...gone, put({ failoverMode: "None" })],
    found: ["replace link: failoverMode"],
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "partnerEndpoint: made again with an address that does not answer",
    byHand: [...gone, put({ partnerEndpoint: "TCP://sqlserver1:5022" })],
    found: ["replace link: drift, partnerEndpoint"],
    drift: /the link could not be started/,
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "(deleted with its copy)",
    byHand: gone,
    found: ["create link"],
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "databaseName: deletion of the copy",
    byHand: [{ request: "DELETE databases/db1" }],
    found: [],
    because: "Azure keeps the database of a link",
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "partnerAvailabilityGroupName, instanceAvailabilityGroupName: a link of other groups under the name",
    byHand: [
      "DROP AVAILABILITY GROUP [DAG_db2]",
      ...gone,
      {
        request: `PUT ${link}`,
        body: {
          properties: {
            databases: [{ databaseName: "db2" }],
            partnerEndpoint: "{url}",
            partnerAvailabilityGroupName: "AG_db2",
            instanceAvailabilityGroupName: "AG_db2_MI",
            instanceLinkRole: "Secondary",
            failoverMode: "Manual",
            seedingMode: "Automatic",
          },
        },
      },
    ],
    found: ["create link", "create dag-unlinked"],
    refused: {
      words: /a link of the name DAG_db1 exists already, for the database db2/,
      remedy: [{ request: `DELETE ${link}` }],
    },
    shown: [asMade, copy],
  },
  {
    resource: "InstanceLink",
    property: "linkState: deleted, and its copy stays",
    byHand: [{ request: `DELETE ${link}` }],
    found: ["update link: drift"],
    drift: /the link was deleted in Azure; the database db1 .* is an independent database now/,
    refused: {
      words: /rename it on the managed instance.*ALTER DATABASE \[db1\] MODIFY NAME = \[db1_kept\]/,
      remedy: [{ onInstance: "ALTER DATABASE [db1] MODIFY NAME = [db1_kept]" }],
    },
    shown: [asMade, copy],
  },
];
