import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createLink, linkedDatabase, seenFromSqlServer } from "../managed-instance/link-calls";
import { createScene, prepareBothSides, prepareInstancePrimary, type Scene } from "../managed-instance/scene";
import { certificateFile, openInstance, password } from "../sql-server/instance";
import { azureCases } from "./azure-cases";
import { cases, type ErrorCase } from "./cases";
import { azureNotRaised, notRaised } from "./not-raised";
import { type Raised, type RaisedByAzure, tableOf } from "./table";
import { wantedOfAzure } from "./wanted-of-azure";

const file = path.resolve(__dirname, "../../../ERRORS.md");

const endpointAt = (port: number) =>
  `CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x' CREATE CERTIFICATE c WITH SUBJECT = 'c' CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = ${port}) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE c)`;

/** Listens on a port that an endpoint could have: they end at 32767. */
async function listenBelow(limit: number): Promise<{ readonly port: number; close(): Promise<unknown> }> {
  for (let port = limit - 1; port > 1024; port--) {
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) return { port, close: () => new Promise((resolve) => server.close(resolve)) };
  }
  throw new Error("no port is free");
}

const startServer = ({ version, withoutAlwaysOn = false }: Partial<ErrorCase> = {}) =>
  openInstance({ version, isHadrEnabled: !withoutAlwaysOn });

/** Messages of BACKUP, and of a certificate that has expired. */
const informational: ReadonlySet<number> = new Set([3014, 4035, 15214]);

async function messagesOf(one: ErrorCase): Promise<Map<number, string>> {
  const server = startServer(one);
  try {
    if (one.login) {
      const answer = await server.login("sa", one.login.password ?? password, one.login.database);
      assert.ok("errors" in answer);
      return new Map(answer.errors.map(({ number, text }) => [number, text]));
    }
    const administrator = await server.session("sa");
    const der = certificateFile("azure_mi_endpoint_DATABASE_MIRRORING.der").toString("hex");
    const withDer = (batch: string) => batch.replace("{der}", `0x${der}`);
    for (const batch of one.before ?? []) {
      const messages = await administrator.messages(withDer(batch));
      assert.deepEqual(
        [...messages.keys()].filter((number) => !informational.has(number)),
        [],
        batch,
      );
    }
    if (!one.as) return await administrator.messages(withDer(one.batch));
    await administrator.messages(`CREATE LOGIN visitor WITH PASSWORD = '${password}'`);
    return await (await server.session("visitor")).messages(one.batch);
  } finally {
    await server.close();
  }
}

/** The numbers of the table that the lab was built from, "The faithful lab" 4.1. */
const wanted = [
  102, 156, 137, 207, 208, 229, 262, 297, 300, 574, 911, 2812, 4060, 15247, 18456, 1464, 1465, 1466, 1467, 1469, 1488,
  1468, 1475, 1486, 35204, 7862, 7860, 7861, 7863, 7869, 7873, 7874, 7890, 9692, 15151, 15187, 15208, 15212, 15213,
  15214, 15215, 15232, 15297, 15299, 15315, 15334, 15342, 15563, 15352, 15530, 15559, 15578, 15580, 15581, 33042, 35102,
  35103, 35104, 35200, 35201, 35206, 35267, 35208, 35209, 35211, 35214, 35215, 35220, 35221, 35222, 35232, 35234, 35235,
  35236, 35237, 35238, 35244, 35259, 35249, 35261, 35250, 35251, 35277, 35280, 35281, 35282, 35283, 35284, 41100, 41106,
  41114, 41140, 41190, 41148, 41152, 41171, 41196, 41186, 41187, 41156, 41178, 41197, 41198, 41199, 19497, 19498, 19499,
  19501, 19502, 19503, 19506, 19507, 19508, 19509, 19510, 19512, 19513, 47500, 47501, 47502, 47503, 47504, 41976,
];

describe("every error of the table that the lab was built from", function () {
  this.timeout(60_000);
  const raised: Raised[] = [];
  const raisedByAzure: RaisedByAzure[] = [];

  for (const [index, one] of cases.entries()) {
    it(`${one.number}: ${one.batch.slice(0, 90)} (${index + 1})`, async () => {
      const text = (await messagesOf(one)).get(one.number);
      assert.ok(text !== undefined, `${one.number} was not among the messages`);
      raised.push({ number: one.number, how: one, text });
    });
  }

  describe("that shows elsewhere than in an answer", () => {
    let scene: Scene | undefined;
    afterEach(async () => {
      await scene?.close();
      scene = undefined;
    });
    function saw(number: number, batch: string, text: string | undefined): void {
      assert.ok(text);
      raised.push({ number, how: { number, batch }, text });
    }

    it("9692 in the error log: the port is another process's", async () => {
      const other = await listenBelow(32768);
      const server = startServer();
      const messages = await (await server.session("sa")).messages(endpointAt(other.port));
      assert.deepEqual([...messages.keys()], [], "the statement itself succeeds");
      await other.close();
      const log = server.instance.errorLog.map(({ text }) => text);
      await server.close();
      saw(
        9692,
        "(error log) CREATE ENDPOINT ... LISTENER_PORT = a port in use",
        log.find((text) => /in use/.test(text)),
      );
    });

    it("35201 in sys.dm_hadr_availability_replica_states: Azure has no link of the group", async () => {
      scene = await createScene();
      await prepareBothSides(scene);
      const { number, description } = seenFromSqlServer(scene).lastConnectError ?? {};
      assert.equal(number, 35201);
      saw(35201, "(last_connect_error_number) a distributed group before its link is made", description);
    });

    it("41976 of a link: SQL Server has no such distributed group", async () => {
      scene = await createScene();
      await prepareBothSides(scene);
      scene.sqlServer.groups.delete("dag_db1");
      await createLink(scene);
      assert.equal((await linkedDatabase(scene))?.mostRecentLinkError, "41976");
      const log = scene.instance.engine.errorLog.map(({ text }) => text);
      saw(41976, "(mostRecentLinkError, error log of the instance) PUT .../distributedAvailabilityGroups", log.at(-1));
    });

    it("19506 in the error log: the group may not create the database that is seeded", async () => {
      scene = await createScene();
      await prepareInstancePrimary(scene);
      const group = scene.sqlServer.groups.get("ag_db1");
      if (group) group.canCreateAnyDatabase = false;
      await createLink(scene, { instanceLinkRole: "Primary" });
      const log = scene.sqlServer.errorLog.map(({ text }) => text);
      saw(19506, "(error log) a link from the managed instance, no GRANT CREATE ANY DATABASE", log.at(-1));
    });
  });

  describe("of Azure", () => {
    let azure: Scene | undefined;
    afterEach(async () => {
      await azure?.close();
      azure = undefined;
    });

    for (const one of azureCases) {
      it(`${one.code}: ${one.how}`, async () => {
        azure = await createScene(one.options);
        if (one.isPrepared) await prepareBothSides(azure);
        await one.before?.(azure);
        const answer = await one.ask(azure);
        const { error } = (answer.status === 202 ? await azure.arm.finish(answer) : answer).body;
        assert.equal(error?.code, one.code);
        raisedByAzure.push({ ...one, status: answer.status, message: String(error?.message) });
      });
    }
  });

  describe("all of them", () => {
    it("are raised by the lab, or in the list of those that are not, with the reason", () => {
      const known = new Set([...raised.map(({ number }) => number), ...notRaised.flatMap(([numbers]) => numbers)]);
      assert.deepEqual(
        wanted.filter((number) => !known.has(number)),
        [],
      );
      const codes = new Set([...azureCases.map(({ code }) => code), ...azureNotRaised.flatMap(([names]) => names)]);
      assert.deepEqual(
        wantedOfAzure.filter((code) => !codes.has(code)),
        [],
      );
    });

    it("stand in lab/ERRORS.md as it was seen (WRITE_ERRORS=1 writes the file)", () => {
      const table = tableOf(raised, notRaised, { raised: raisedByAzure, missing: azureNotRaised });
      if (process.env.WRITE_ERRORS) writeFileSync(file, table);
      assert.equal(table, readFileSync(file, "utf8"));
    });
  });
});
