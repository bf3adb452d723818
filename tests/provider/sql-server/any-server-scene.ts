/**
 * A scene on any SQL Server, for the tests that ask for nothing but one: MI_LINK_TEST_SQLSERVER names it as
 * mssql://user:password@host:port. Without the variable it is the lab's.
 */
import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import type { LabOptions } from "#lab/index";
import { connect, openScene, type Scene, sceneOn } from "./sql-server-scene";

const named = process.env.MI_LINK_TEST_SQLSERVER;

/** For what only the lab can do: faults, its journal, and what SQL Server on Linux may lack. Elsewhere it is shown as pending. */
export const inLab: Mocha.TestFunction | Mocha.PendingTestFunction = named ? it.skip : it;

type Options = Pick<LabOptions, "databases" | "recoveryModel">;

export async function openSceneAnywhere(options: Options = {}): Promise<Scene> {
  return named ? await openSceneAt(new URL(named), options) : await openScene(options);
}

async function openSceneAt(at: URL, { databases = 1, recoveryModel = "FULL" }: Options): Promise<Scene> {
  const address = {
    host: at.hostname,
    port: Number(at.port || 1433),
    user: decodeURIComponent(at.username),
    password: decodeURIComponent(at.password),
  };
  const pool = await connect(address);
  const found = await made(pool);
  if (found.length > 0) {
    await pool.close();
    const what = found.map(({ is }) => is).join(", ");
    throw new Error(`These tests need a SQL Server on which nothing lives. ${at.host} has: ${what}`);
  }
  const [server] = (await pool.request().batch<{ name: string }>("SELECT @@SERVERNAME AS name")).recordset;
  assert.ok(server);
  for (let number = 1; number <= databases; number += 1) {
    await pool.request().batch(`CREATE DATABASE [db${number}]`);
    await pool.request().batch(`ALTER DATABASE [db${number}] SET RECOVERY ${recoveryModel}`);
  }
  const scene = sceneOn(pool, server.name, { ...address, trustServerCertificate: true });
  return {
    ...scene,
    get lab(): never {
      throw new Error("inLab is for tests of the lab");
    },
    async close() {
      for (const { drop } of await made(pool)) await pool.request().batch(drop);
      await scene.close();
    },
  };
}

interface Found {
  readonly is: string;
  readonly drop: string;
}

/** What the tests make on a server, in an order in which it can be dropped. */
async function made(pool: ConnectionPool): Promise<Found[]> {
  const names = async (text: string) =>
    (await pool.request().batch<{ name: string }>(text)).recordset.map(({ name }) => name);
  const quoted = (name: string) => `[${name.replaceAll("]", "]]")}]`;
  const literal = (name: string) => `N'${name.replaceAll("'", "''")}'`;
  const kinds: readonly (readonly [kind: string, from: string, drop: (name: string) => string])[] = [
    ["AVAILABILITY GROUP", "sys.availability_groups", (name) => `DROP AVAILABILITY GROUP ${quoted(name)}`],
    ["DATABASE", "sys.databases WHERE database_id > 4", (name) => `DROP DATABASE ${quoted(name)}`],
    ["ENDPOINT", "sys.database_mirroring_endpoints", (name) => `DROP ENDPOINT ${quoted(name)}`],
    ["CERTIFICATE", "sys.certificates WHERE name NOT LIKE '##%'", (name) => `DROP CERTIFICATE ${quoted(name)}`],
    ["MASTER KEY", "sys.symmetric_keys WHERE symmetric_key_id = 101", () => "DROP MASTER KEY"],
    [
      "property",
      "sys.extended_properties WHERE class = 0",
      (name) => `EXEC sys.sp_dropextendedproperty @name = ${literal(name)}`,
    ],
  ];
  const found: Found[] = [];
  for (const [kind, from, drop] of kinds)
    for (const name of await names(`SELECT name FROM ${from}`)) found.push({ is: `${kind} ${name}`, drop: drop(name) });
  return found;
}
