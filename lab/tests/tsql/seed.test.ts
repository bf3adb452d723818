import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "#lab/tsql/parser/index";
import { int, nvarchar, sysname } from "#lab/tsql/types";
import { fixture } from "../support/place";
import { column, newServer, table } from "./support";

const batches = JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly {
  full: string;
  short: string;
}[];

function seedServer(certificates: readonly string[] = []) {
  const server = newServer();
  const text = (name: string) => column(name, nvarchar(60));
  const rows = certificates.map((name) => [name, "MK"]);
  server.tables.set("certificates", table([column("name", sysname), text("pvt_key_encryption_type")], rows));
  server.tables.set("symmetric_keys", table([column("symmetric_key_id", int)], []));
  server.tables.set("availability_groups", table([column("name", sysname)], []));
  const endpointColumns = [
    "name",
    "type_desc",
    "state_desc",
    "role_desc",
    "connection_auth_desc",
    "is_encryption_enabled",
    "encryption_algorithm_desc",
  ];
  server.tables.set("database_mirroring_endpoints", table(endpointColumns.map(text), []));
  server.tables.set(
    "availability_replicas",
    table(["replica_id", "replica_server_name", "endpoint_url"].map(text), [["r1", "sqlmi1", "tcp://x"]]),
  );
  const states = [
    "replica_id",
    "connected_state_desc",
    "last_connect_error_description",
    "last_connect_error_number",
    "last_connect_error_timestamp",
  ];
  server.tables.set(
    "dm_hadr_availability_replica_states",
    table(states.map(text), [["r1", "CONNECTED", null, null, null]]),
  );
  const issuers: unknown[] = [];
  server.procedures.set("sp_certificate_add_issuer", {
    run(args) {
      issuers.push(args.map(({ value }) => value));
      return 0;
    },
  });
  return { ...server, issuers };
}

describe("the procedure's 25 batches", () => {
  it("all parse", () => {
    assert.equal(batches.length, 25);
    for (const { full, short } of batches) {
      parse(full);
      parse(short);
    }
  });

  it("all run, and ask the server for what they say", async () => {
    const server = seedServer();
    for (const { full } of batches) {
      const { errors } = await server.run(full);
      assert.deepEqual(errors, [], full);
    }
    assert.deepEqual(
      server.statements.map(({ kind }) => kind),
      [
        "alterDatabaseSet",
        "backupDatabase",
        "createMasterKey",
        "createCertificate",
        "createCertificate",
        "createCertificate",
        "createCertificate",
        "createEndpoint",
        "alterEndpoint",
        "createAvailabilityGroup",
        "createAvailabilityGroup",
      ],
    );
    assert.deepEqual(server.issuers, [
      [null, "*.database.windows.net"],
      [null, "*.database.windows.net"],
    ]);
  });

  it("build the certificate's statement in a variable and run it by sp_executesql", async () => {
    const server = seedServer();
    const { prints } = await server.run(batches[3]?.full ?? "");
    assert.deepEqual(server.statements, [
      {
        kind: "createCertificate",
        name: "Cert_sqlserver1_endpoint",
        subject: "Certificate for Cert_sqlserver1_endpoint",
        expiryDate: "03/30/2025",
        encryptionPassword: undefined,
      },
    ]);
    assert.match(prints[0] ?? "", /^CREATE CERTIFICATE \[Cert_sqlserver1_endpoint\] \r {4}WITH SUBJECT = /);
  });

  it("leave alone what exists", async () => {
    const server = seedServer(["Cert_sqlserver1_endpoint"]);
    const { prints } = await server.run(batches[3]?.full ?? "");
    assert.deepEqual([prints, server.statements], [["Certificate Cert_sqlserver1_endpoint already exists."], []]);
  });

  it("describe both members of the distributed group", async () => {
    const server = seedServer();
    await server.run(batches[22]?.full ?? "");
    assert.deepEqual(server.statements, [
      {
        kind: "createAvailabilityGroup",
        name: "DAG_db01",
        distributed: true,
        clusterType: undefined,
        options: {},
        databases: [],
        replicas: [
          {
            name: "AG_db01",
            url: "TCP://10.0.0.4:5022",
            availabilityMode: "ASYNCHRONOUS_COMMIT",
            failoverMode: "MANUAL",
            seedingMode: "AUTOMATIC",
            sessionTimeout: 20,
          },
          {
            name: "sqlmi1",
            url: "tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1]",
            availabilityMode: "ASYNCHRONOUS_COMMIT",
            failoverMode: "MANUAL",
            seedingMode: "AUTOMATIC",
          },
        ],
      },
    ]);
  });

  it("show the connection under the names that the last query gives", async () => {
    const { sets } = await seedServer().run(batches[24]?.full ?? "");
    assert.deepEqual(
      sets[0]?.columns.map(({ name }) => name),
      [
        "Replica",
        "Endpoint",
        "Connected state",
        "Last connection error",
        "Last connection error No",
        "Last error timestamp",
      ],
    );
    assert.deepEqual(sets[0]?.rows, [["sqlmi1", "tcp://x", "CONNECTED", null, null, null]]);
  });
});
