// Safety B9: every clause of every statement that a resource writes is read back.
import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { DynamicProvider } from "#provider/dynamic/handler";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openSqlClient } from "#tools/clients";
import { checkedArgs, placeIn, providerOf, tenResources } from "../ten-resources";

interface Made {
  readonly provider: DynamicProvider;
  readonly id: string;
  readonly inputs: Bag;
  outs: Bag;
}

/** A clause of a statement that a lifecycle sends, and what shows that it is read back. */
interface Row {
  readonly type: string;
  readonly statement: string;
  readonly clause: string;
  /** What somebody changes by hand. */
  readonly byHand?: string;
  /** What a refresh says: the words of the drift, or the input that is found otherwise. */
  readonly found?: RegExp | { readonly [input: string]: unknown };
  /** up refuses, with these words, what it cannot bring back; `mend` is what they say. */
  readonly refused?: RegExp;
  readonly mend?: string;
  /** The server's own answer, where nobody can change it. */
  readonly refusedByServer?: number;
  /** Why no refresh can show it. */
  readonly reason?: string;
}

const endpoint = "ALTER ENDPOINT [database_mirroring_endpoint]";
const mirroring = (clause: string) => `${endpoint} FOR DATABASE_MIRRORING (${clause})`;
const replica = (option: string) =>
  `ALTER AVAILABILITY GROUP [AG_db1] MODIFY REPLICA ON N'sqlserver1' WITH (${option})`;
const member = (name: string, option: string) =>
  `ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'${name}' WITH (${option})`;
const certificate = "Cert_sqlserver1_endpoint";
const immutable =
  "a certificate cannot be altered: another one of its name has another thumbprint, and counts as another";

const createEndpoint = { type: "MirroringEndpoint", statement: "CREATE ENDPOINT" };
const createGroup = { type: "AvailabilityGroup", statement: "CREATE AVAILABILITY GROUP" };
const createDistributed = {
  type: "DistributedAvailabilityGroup",
  statement: "CREATE AVAILABILITY GROUP (DISTRIBUTED)",
};

const rows: readonly Row[] = [
  {
    type: "MasterKey",
    statement: "CREATE MASTER KEY",
    clause: "PASSWORD",
    reason: "the server keeps no password; sys.symmetric_keys.key_guid tells one key from another",
  },
  {
    type: "MasterKey",
    statement: "CREATE MASTER KEY",
    clause: "(by the service master key)",
    byHand: "ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY",
    found:
      /not encrypted by the service master key.*OPEN MASTER KEY.*ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY/,
    refused: /OPEN MASTER KEY DECRYPTION BY PASSWORD/,
    mend: "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY",
  },
  {
    type: "SqlServerCertificate",
    statement: "CREATE CERTIFICATE",
    clause: "(private key, by the master key)",
    byHand: `ALTER CERTIFICATE [${certificate}] WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = 'Of-the-key-1')`,
    found: /private key of the certificate Cert_sqlserver1_endpoint is encrypted by a password/,
    refused: /ALTER CERTIFICATE \[Cert_sqlserver1_endpoint\] WITH PRIVATE KEY \(DECRYPTION BY PASSWORD/,
    mend: `ALTER CERTIFICATE [${certificate}] WITH PRIVATE KEY (DECRYPTION BY PASSWORD = N'Of-the-key-1')`,
  },
  { type: "SqlServerCertificate", statement: "CREATE CERTIFICATE", clause: "SUBJECT", reason: immutable },
  { type: "SqlServerCertificate", statement: "CREATE CERTIFICATE", clause: "EXPIRY_DATE", reason: immutable },
  { type: "ManagedInstanceCertificate", statement: "CREATE CERTIFICATE", clause: "BINARY", reason: immutable },
  {
    type: "TrustedRoots",
    statement: "CREATE CERTIFICATE",
    clause: "BINARY",
    byHand: "DROP CERTIFICATE [MicrosoftPKI]",
    found: { thumbprints: { DigiCertPKI: "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4" } },
  },
  {
    type: "TrustedRoots",
    statement: "EXEC sp_certificate_add_issuer",
    clause: "",
    reason: "no view lists the registrations; each create and update makes them again",
  },
  { type: "MasterKey", statement: "EXEC sys", clause: "", reason: "a note, which is read before anything is made" },
  { ...createEndpoint, clause: "STATE", byHand: `${endpoint} STATE = STOPPED`, found: { state: "STOPPED" } },
  {
    ...createEndpoint,
    clause: "LISTENER_PORT",
    byHand: `${endpoint} AS TCP (LISTENER_PORT = 5024)`,
    found: /^port is 5024, not 5022$/,
  },
  {
    ...createEndpoint,
    clause: "LISTENER_IP",
    byHand: `${endpoint} AS TCP (LISTENER_IP = ('127.0.0.1'))`,
    found: /^LISTENER_IP is 127\.0\.0\.1, not ALL/,
  },
  { ...createEndpoint, clause: "ROLE", byHand: mirroring("ROLE = PARTNER"), found: /^ROLE is PARTNER, not ALL$/ },
  {
    ...createEndpoint,
    clause: "AUTHENTICATION",
    byHand: mirroring("AUTHENTICATION = CERTIFICATE [other]"),
    found: { certificateName: "other" },
  },
  ...["WINDOWS NEGOTIATE CERTIFICATE", "CERTIFICATE [c] WINDOWS NTLM", "WINDOWS KERBEROS"].map((methods) => {
    const added = /^CERTIFICATE /.test(methods)
      ? methods.replace("[c]", `[${certificate}]`)
      : methods.replace(/CERTIFICATE$/, `CERTIFICATE [${certificate}]`);
    return {
      ...createEndpoint,
      clause: "AUTHENTICATION",
      byHand: mirroring(`AUTHENTICATION = ${added}`),
      found: /^AUTHENTICATION is .*WINDOWS (NEGOTIATE|NTLM|KERBEROS).*, not CERTIFICATE \[Cert_sqlserver1_endpoint\]$/,
    };
  }),
  ...[
    "DISABLED",
    "SUPPORTED ALGORITHM AES",
    "SUPPORTED ALGORITHM RC4",
    "SUPPORTED ALGORITHM AES RC4",
    "REQUIRED ALGORITHM RC4",
    "REQUIRED ALGORITHM RC4 AES",
    "REQUIRED ALGORITHM AES RC4",
  ].map((encryption) => ({
    ...createEndpoint,
    clause: "ENCRYPTION",
    byHand: mirroring(`ENCRYPTION = ${encryption}`),
    found: new RegExp(`^ENCRYPTION is ${encryption}, not REQUIRED ALGORITHM AES$`),
  })),
  {
    ...createEndpoint,
    clause: "(owner)",
    byHand: "ALTER AUTHORIZATION ON ENDPOINT::[database_mirroring_endpoint] TO [dba]",
    found: /^the endpoint's owner is dba, not sa$/,
  },
  {
    type: "FullRecoveryDatabase",
    statement: "ALTER DATABASE",
    clause: "RECOVERY",
    byHand: "ALTER DATABASE [db1] SET RECOVERY SIMPLE",
    refusedByServer: 1468,
  },
  {
    type: "FullRecoveryDatabase",
    statement: "BACKUP DATABASE",
    clause: "DISK",
    reason:
      "the file may be moved as soon as it is written: the log chain that it starts is what counts, and is read back",
  },
  { ...createGroup, clause: "CLUSTER_TYPE", reason: "no statement changes it: another group has another group_id" },
  ...(
    [
      ["ENDPOINT_URL", "ENDPOINT_URL = N'TCP://elsewhere:1'", { endpointUrl: "TCP://elsewhere:1" }],
      ["AVAILABILITY_MODE", "AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT", /^AVAILABILITY_MODE is ASYNCHRONOUS_COMMIT/],
      ["SEEDING_MODE", "SEEDING_MODE = MANUAL", /^SEEDING_MODE is MANUAL, not AUTOMATIC$/],
    ] as const
  ).map(([clause, option, found]) => ({ ...createGroup, clause, byHand: replica(option), found })),
  { ...createGroup, clause: "FAILOVER_MODE", byHand: replica("FAILOVER_MODE = AUTOMATIC"), refusedByServer: 47101 },
  {
    ...createDistributed,
    clause: "LISTENER_URL",
    byHand: member("AG_db1", "LISTENER_URL = N'TCP://elsewhere:1'"),
    found: { localUrl: "TCP://elsewhere:1" },
  },
  {
    ...createDistributed,
    clause: "LISTENER_URL",
    byHand: member("AG_db1_MI", "LISTENER_URL = N'tcp://elsewhere:5022;Server=[sqlmi1]'"),
    found: { managedInstanceFqdn: "elsewhere", managedInstanceName: undefined },
  },
  {
    ...createDistributed,
    clause: "LISTENER_URL",
    byHand: member("AG_db1_MI", "LISTENER_URL = N'tcp://elsewhere:5023;Server=[sqlmi1]'"),
    found: /^of AG_db1_MI LISTENER_URL is tcp:\/\/elsewhere:5023;Server=\[sqlmi1\], not N'tcp:\/\/sqlmi1\./,
  },
  ...["AG_db1", "AG_db1_MI"].flatMap((name) => [
    {
      ...createDistributed,
      clause: "AVAILABILITY_MODE",
      byHand: member(name, "AVAILABILITY_MODE = SYNCHRONOUS_COMMIT"),
      found: { availabilityMode: "SYNCHRONOUS_COMMIT" },
    },
    {
      ...createDistributed,
      clause: "SEEDING_MODE",
      byHand: member(name, "SEEDING_MODE = MANUAL"),
      found: new RegExp(`^of ${name} SEEDING_MODE is MANUAL, not AUTOMATIC$`),
    },
    {
      ...createDistributed,
      clause: "FAILOVER_MODE",
      byHand: member(name, "FAILOVER_MODE = AUTOMATIC"),
      refusedByServer: 35277,
    },
  ]),
  {
    ...createDistributed,
    clause: "SESSION_TIMEOUT",
    byHand: member("AG_db1", "SESSION_TIMEOUT = 7"),
    found: /^of AG_db1 SESSION_TIMEOUT is 7, not 20$/,
  },
];

interface SqlFailure {
  readonly number?: number;
  readonly precedingErrors?: readonly SqlFailure[];
}

describe("what is written is read back", () => {
  let lab: Lab;
  let client: Awaited<ReturnType<typeof openSqlClient>>;
  const made = new Map<string, Made>();
  let sent: string[] = [];

  before(async () => {
    lab = await startLab({ recoveryModel: "SIMPLE" });
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    client = await openSqlClient(server, lab.ready.caFile);
    await client.query("CREATE LOGIN [dba] WITH PASSWORD = 'Of-the-dba-1'");
    const place = placeIn(lab.ready);
    const outputs: Record<string, Bag> = {};
    for (const part of tenResources.filter(({ type }) => type !== "InstanceLink")) {
      const provider = await providerOf(part, place);
      const more = part.type === "SqlServerCertificate" ? { expiry: "2040-02-29" } : {};
      const inputs = await checkedArgs(provider, { ...part.args(place, outputs), ...more });
      const { id, outs } = await provider.create(inputs);
      outputs[part.type] = outs;
      made.set(part.type, { provider, id, inputs, outs });
    }
    sent = lab.journal.entries.flatMap((entry) =>
      entry.kind === "statement" && entry.application === "pulumi-mi-link" ? [entry.text] : [],
    );
    await client.query("CREATE CERTIFICATE [other] WITH SUBJECT = 'other'");
  });
  after(async () => {
    await client.close();
    await disconnectAll();
    await lab.close();
  });

  const resource = (type: string): Made => {
    const one = made.get(type);
    assert.ok(one, type);
    return one;
  };
  const refresh = async (type: string): Promise<Bag> => {
    const { provider, id, outs } = resource(type);
    const { props } = await provider.read(id, outs);
    assert.ok(props, `${type} is gone`);
    return props;
  };

  it("knows every clause of every statement that the resources send", () => {
    const listed = new Set(rows.map(({ statement, clause }) => `${statement} ${clause}`));
    const written = sent.flatMap((text) => {
      const words = text.trim().replace(/\s+/g, " ");
      const [verb] = /^(CREATE|ALTER|BACKUP|DROP) [A-Z ]*?(?= \[| ENCRYPTION)|EXEC \w+/.exec(words) ?? [];
      if (!verb) return [];
      const isDistributed = /WITH \(DISTRIBUTED\)/.test(words);
      const statement = isDistributed ? `${verb} (DISTRIBUTED)` : verb;
      const options = [...words.matchAll(/\b([A-Z_]+) = /g)].map(([, option]) => option);
      if (/SET RECOVERY/.test(words)) options.push("RECOVERY");
      return options.length === 0 ? [`${statement} `] : options.map((option) => `${statement} ${option}`);
    });
    assert.ok(written.length > 20, written.join("\n"));
    assert.deepEqual(
      [...new Set(written)].filter((clause) => !listed.has(clause)),
      [],
    );
  });

  it("finds nothing where nobody changed anything, and sends nothing to alter it", async () => {
    for (const [type, { provider, id, inputs, outs }] of made) {
      assert.equal((await refresh(type)).drift, undefined, type);
      assert.deepEqual(await provider.diff(id, outs, inputs), { changes: false }, type);
      const from = lab.journal.entries.length;
      await provider.update(id, outs, inputs);
      const changes = lab.journal.entries
        .slice(from)
        .filter((entry) => entry.kind === "statement" && /^\s*(CREATE|ALTER|DROP)/.test(entry.text));
      assert.deepEqual(changes, [], type);
    }
  });

  for (const { byHand, refusedByServer } of rows) {
    if (byHand === undefined || refusedByServer === undefined) continue;
    it(`need not find ${byHand}, which the server refuses`, () =>
      assert.rejects(client.query(byHand), ({ number, precedingErrors = [] }: SqlFailure) =>
        [number, ...precedingErrors.map((error) => error.number)].includes(refusedByServer),
      ));
  }

  for (const { type, byHand, found, refused, mend, refusedByServer } of rows) {
    if (byHand === undefined || refusedByServer !== undefined) continue;
    it(`finds ${byHand}, and ${refused ? "says how to mend it" : "sets it right"}`, async () => {
      const one = resource(type);
      await client.query(byHand);
      const shown = await refresh(type);
      if (found instanceof RegExp) assert.match(String(shown.drift), found);
      else for (const [input, value] of Object.entries(found ?? {})) assert.deepEqual(shown[input], value);
      const { changes } = await one.provider.diff(one.id, shown, one.inputs);
      assert.equal(changes, true);
      if (refused) {
        await assert.rejects(one.provider.update(one.id, shown, one.inputs), refused);
        await client.query(mend ?? "");
      }
      one.outs = (await one.provider.update(one.id, shown, one.inputs)).outs;
      const after = await refresh(type);
      assert.equal(after.drift, undefined);
      assert.deepEqual(await one.provider.diff(one.id, after, one.inputs), { changes: false });
    });
  }
});
