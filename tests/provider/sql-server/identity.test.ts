// Safety B11: a server that has no name, got another one, or is not the one it was.
import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { EngineLog } from "#provider/dynamic/engine-log";
import { type DynamicProvider, dynamicProvider } from "#provider/dynamic/handler";
import { resources } from "#provider/dynamic/index";
import { newContext } from "#provider/lifecycle/context";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openSqlClient } from "#tools/clients";
import { checkedArgs, type Place, placeIn, tenResources } from "../ten-resources";

interface Made {
  readonly type: string;
  readonly provider: DynamicProvider;
  readonly id: string;
  readonly inputs: Bag;
  outs: Bag;
}

/** As older states have the identity. */
const twoParts = ({ instanceId }: Bag): string => String(instanceId).split("/").slice(0, 2).join("/");

/** Whatever a resource makes on a SQL Server. */
const parts = tenResources.filter(({ type }) => type !== "InstanceLink" && type !== "TrustCertificate");

describe("the identity of a SQL Server", () => {
  let lab: Lab;
  let place: Place;
  const warnings: string[] = [];
  const log: EngineLog = { status: async () => {}, warn: async (_urn, message) => void warnings.push(message) };

  beforeEach(async () => {
    lab = await startLab({ sqlServers: 2 });
    place = placeIn(lab.ready);
    warnings.length = 0;
  });
  afterEach(async () => {
    await disconnectAll();
    await lab.close();
  });

  const sql = async (...statements: string[]) => {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const client = await openSqlClient(server, lab.ready.caFile);
    try {
      const results = [];
      for (const statement of statements) results.push(await client.query(statement));
      return results;
    } finally {
      await client.close();
    }
  };
  const objects = async () =>
    JSON.stringify(
      await sql(
        ...["certificates", "symmetric_keys", "endpoints", "availability_groups"].map(
          (view) => `SELECT name FROM sys.${view} ORDER BY name`,
        ),
      ),
    );
  /** What a restart of the machine under another name, and our own remedy, lead to. */
  const rename = async (name: string) => {
    lab.sqlServer("sqlserver1").hostName = name;
    await sql("EXEC sp_dropserver N'sqlserver1'", `EXEC sp_addserver N'${name}', 'local'`);
    await restart();
  };
  const restart = async () => {
    await disconnectAll();
    await lab.restart("sqlserver1");
  };
  const providerOf = async ({ type }: (typeof tenResources)[number]) => {
    const { signal } = new AbortController();
    const provider = dynamicProvider(type, resources[type].lifecycle(), newContext, signal, { log });
    await provider.configure({ config: { get: (key) => place.config[key] } });
    return provider;
  };
  const makeAll = async (): Promise<Made[]> => {
    const outputs: Record<string, Bag> = {};
    const made: Made[] = [];
    for (const part of parts) {
      const provider = await providerOf(part);
      const inputs = await checkedArgs(provider, part.args(place, outputs));
      const { id, outs } = await provider.create(inputs);
      outputs[part.type] = outs;
      made.push({ type: part.type, provider, id, inputs, outs });
    }
    return made;
  };
  const firstOf = async (type: string) => {
    const found = parts.find((part) => part.type === type);
    assert.ok(found);
    const provider = await providerOf(found);
    const inputs = await checkedArgs(provider, found.args(place, {}));
    return { provider, inputs };
  };

  it("is refused without a name, with the statement that gives it one, before anything is made", async () => {
    await sql("EXEC sp_dropserver N'sqlserver1'");
    await restart();
    const before = await objects();
    const args = { ...place, certificateName: "c" };
    for (const part of parts) {
      const provider = await providerOf(part);
      const inputs = await checkedArgs(
        provider,
        part.args(args, {
          SqlServerCertificate: { certificateName: "c" },
          ManagedInstanceCertificate: { fqdn: "mi1.zone.database.windows.net" },
        }),
      );
      await assert.rejects(
        provider.create(inputs),
        /@@SERVERNAME is NULL, while SERVERPROPERTY\('ServerName'\) is sqlserver1[\s\S]*then restart SQL Server: EXEC sp_addserver N'sqlserver1', 'local'/,
        part.type,
      );
    }
    assert.equal(await objects(), before);
  });

  it("is refused for new things while it has two names, with both and the statements", async () => {
    lab.sqlServer("sqlserver1").hostName = "sqlserver9";
    const { provider, inputs } = await firstOf("MasterKey");
    await assert.rejects(
      provider.create(inputs),
      /@@SERVERNAME is sqlserver1, while SERVERPROPERTY\('ServerName'\) is sqlserver9[\s\S]*EXEC sp_dropserver N'sqlserver1'; EXEC sp_addserver N'sqlserver9', 'local'/,
    );
  });

  it("is told of two names, while what was made goes on", async () => {
    const { provider, inputs } = await firstOf("MasterKey");
    const { id, outs } = await provider.create(inputs);
    await disconnectAll();
    lab.sqlServer("sqlserver1").hostName = "sqlserver9";
    assert.equal((await provider.read(id, outs)).id, id);
    assert.match(warnings.join("\n"), /@@SERVERNAME is sqlserver1, .* is sqlserver9.* What runs goes on/);
    await provider.delete(id, outs);
  });

  it("is told of two names by the trust certificate too, which asks it who holds the key", async () => {
    const made: Record<string, Bag> = {};
    for (const type of ["MasterKey", "SqlServerCertificate", "TrustCertificate"]) {
      const part = tenResources.find((each) => each.type === type) ?? assert.fail(type);
      const provider = await providerOf(part);
      const inputs = await checkedArgs(provider, part.args(place, made));
      const { id, outs } = await provider.create(inputs);
      made[type] = outs;
      if (type !== "TrustCertificate") continue;
      for (const change of [() => (lab.sqlServer("sqlserver1").hostName = "sqlserver8"), () => rename("sqlserver8")]) {
        await disconnectAll();
        await change();
        made[type] = (await provider.update(id, made[type] ?? {}, inputs)).outs;
      }
      assert.match(String(made[type]?.instanceId), /^sqlserver8\//);
      await provider.delete(id, made[type] ?? {});
    }
  });

  it("makes no group anew while it has two names", async () => {
    const made = await makeAll();
    await sql("DROP AVAILABILITY GROUP [DAG_db1]", "DROP AVAILABILITY GROUP [AG_db1]");
    await disconnectAll();
    lab.sqlServer("sqlserver1").hostName = "sqlserver9";
    const group = made.find(({ type }) => type === "AvailabilityGroup");
    assert.ok(group);
    await assert.rejects(
      group.provider.update(group.id, group.outs, group.inputs),
      /@@SERVERNAME is sqlserver1, .* is sqlserver9[\s\S]*EXEC sp_addserver N'sqlserver9', 'local'/,
    );
  });

  it("survives another name: said once, refreshed clean, changed, recorded anew, and taken down", async () => {
    const clean = await objects();
    const made = await makeAll();
    await rename("sqlserver9");
    for (const { type, provider, id, outs, inputs } of made) {
      const { props } = await provider.read(id, outs);
      assert.equal(props?.drift, undefined, type);
      assert.match(String(props?.instanceId), /^sqlserver1\//, type);
      assert.deepEqual(await provider.diff(id, props ?? {}, inputs), { changes: false }, type);
    }
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(String(warnings[0]), /is called sqlserver9 now, and sqlserver1 when its objects were recorded/);
    for (const one of made) {
      const part = parts.find(({ type }) => type === one.type);
      const wanted = { ...one.inputs, ...(one.type === "TrustedRoots" ? {} : part?.change) };
      one.outs = (await one.provider.update(one.id, one.outs, wanted)).outs;
      assert.match(String(one.outs.instanceId), /^sqlserver9\//, one.type);
    }
    const [[replica]] = (await sql(
      "SELECT r.replica_server_name AS name, r.endpoint_url AS url FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.name = 'AG_db1'",
    )) as [[{ name: string; url: string }]];
    assert.deepEqual({ ...replica }, { name: "sqlserver1", url: "TCP://10.0.0.9:5022" });
    for (const { provider, id, outs, type } of made) {
      const { props } = await provider.read(id, outs);
      assert.equal(props?.drift, undefined, type);
    }
    assert.equal(warnings.length, 1, warnings.join("\n"));
    for (const { provider, id, outs } of made.reverse()) await provider.delete(id, outs);
    assert.equal(await objects(), clean);
  });

  it("survives another name in a state from before the key was recorded", async () => {
    const clean = await objects();
    const made = await makeAll();
    for (const one of made) one.outs = { ...one.outs, instanceId: twoParts(one.outs) };
    await rename("sqlserver9");
    for (const { provider, id, outs, type } of made)
      assert.equal((await provider.read(id, outs)).props?.drift, undefined, type);
    for (const { provider, id, outs } of made.reverse()) await provider.delete(id, outs);
    assert.equal(await objects(), clean);
  });

  it("is the same one when only its service master key was made anew", async () => {
    const { provider, inputs } = await firstOf("MasterKey");
    const { id, outs } = await provider.create(inputs);
    await disconnectAll();
    Object.assign(lab.sqlServer("sqlserver1"), { serviceMasterKeyGuid: "6E1B4D8A-0000-4000-8000-000000000001" });
    assert.equal((await provider.read(id, outs)).id, id);
    await provider.delete(id, outs);
    assert.deepEqual(warnings, []);
  });

  it("makes a new group under the new name", async () => {
    await rename("sqlserver9");
    const made = await makeAll();
    assert.equal(made.find(({ type }) => type === "AvailabilityGroup")?.outs.replicaName, "sqlserver9");
    assert.match(String(made[1]?.outs.certificateName), /^Cert_sqlserver9_endpoint$/);
  });

  it("is another one when only the name is the same", async () => {
    const { provider, inputs } = await firstOf("MasterKey");
    const { id, outs } = await provider.create(inputs);
    const other = { ...outs, instanceId: "sqlserver1/00000000-0000-0000-0000-000000000000" };
    for (const work of [
      () => provider.read(id, other),
      () => provider.update(id, other, inputs),
      () => provider.delete(id, other),
    ])
      await assert.rejects(work, /another instance has that name now: SQL Server was installed anew/);
    await provider.delete(id, outs);
  });

  const worksOf = (provider: DynamicProvider, id: string, outs: Bag, news: Bag, type: string) => {
    const works: (() => Promise<unknown>)[] = [() => provider.read(id, outs), () => provider.update(id, outs, news)];
    // The database belongs to its users: its deletion does nothing, anywhere.
    return type === "FullRecoveryDatabase" ? works : [...works, () => provider.delete(id, outs)];
  };

  describe("and a copy of it", () => {
    /** sqlserver2 becomes a copy of sqlserver1, made before anything was set up on it. */
    const copy = (withKey = true) => {
      const master = lab.sqlServer("sqlserver2").databases.get("master");
      assert.ok(master);
      Object.assign(master, { guid: lab.sqlServer("sqlserver1").databases.get("master")?.guid });
      const { serviceMasterKeyGuid } = lab.sqlServer("sqlserver1");
      if (withKey) Object.assign(lab.sqlServer("sqlserver2"), { serviceMasterKeyGuid });
      const [, second] = lab.ready.sqlServers;
      assert.ok(second);
      return { ...place.sqlServer, host: second.host, port: second.port, user: second.user, password: second.password };
    };

    it("is refused where only master is the same, as a template or an image has it", async () => {
      const made = await makeAll();
      const sqlServer = copy(false);
      for (const { provider, id, outs, inputs, type } of made) {
        const there = { ...outs, sqlServer };
        for (const work of worksOf(provider, id, there, { ...inputs, sqlServer }, type))
          await assert.rejects(work, /points at another instance than before/, type);
      }
    });

    it("is refused for a state that knows no key, where nothing bears the old name", async () => {
      const made = await makeAll();
      const sqlServer = copy();
      for (const { provider, id, outs, inputs, type } of made) {
        const there = { ...outs, sqlServer, instanceId: twoParts(outs) };
        for (const work of worksOf(provider, id, there, { ...inputs, sqlServer }, type))
          await assert.rejects(work, /It is a copy/, type);
      }
    });

    it("is refused while the original answers where it was", async () => {
      const { provider, inputs } = await firstOf("MasterKey");
      const { id, outs } = await provider.create(inputs);
      const elsewhere = { ...inputs, sqlServer: copy() };
      await assert.rejects(
        provider.update(id, outs, elsewhere),
        /same master database under another name, but it is not the server that was recorded/,
      );
      assert.deepEqual(lab.sqlServer("sqlserver2").masterKey, undefined);
    });

    it("is refused where what was recorded is not on it, and nothing is forgotten", async () => {
      const { provider, inputs } = await firstOf("MasterKey");
      const { id, outs } = await provider.create(inputs);
      const sqlServer = copy();
      // The original is switched off.
      const recorded = { ...outs, sqlServer: { ...place.sqlServer, port: 1 } };
      await assert.rejects(
        provider.update(id, recorded, { ...inputs, sqlServer }),
        /or what was recorded is not here. It is a copy/,
      );
      await assert.rejects(provider.read(id, { ...outs, sqlServer }), /It is a copy/);
      assert.deepEqual(lab.sqlServer("sqlserver2").masterKey, undefined);
    });
  });
});
