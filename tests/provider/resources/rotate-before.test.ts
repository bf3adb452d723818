import assert from "node:assert/strict";
import type { Bag } from "#provider/lifecycle/contract";
import { diffInputs } from "#provider/lifecycle/diff";
import { managedInstanceCertificate } from "#provider/resources/managed-instance-certificate/lifecycle";
import { sqlServerCertificate } from "#provider/resources/sql-server-certificate/lifecycle";
import { trustCertificate } from "#provider/resources/trust-certificate/lifecycle";
import { trustedRoots } from "#provider/resources/trusted-roots/lifecycle";
import { accepted, problemsOf, sqlServer } from "../sql-server/check-and-diff";
import { type Made, openScene, type Scene } from "../sql-server/sql-server-scene";

const oneDay = 86_400_000;
const moment = (text: string) => new Date(text);

describe("rotateBefore of SqlServerCertificate", () => {
  const recorded = { certificateName: "Cert_sqlserver1_endpoint", expiryDate: "2030-06-01", validity: "Valid" };
  const stateOf = (rotateBefore: string, more: Bag = {}): Bag => ({
    ...accepted(sqlServerCertificate, { sqlServer, rotateBefore }),
    ...recorded,
    ...more,
    __v: 3,
  });
  /** What diff says at a moment, with the recorded argument or another. */
  const at = (now: string, state: Bag, rotateBefore: unknown = state.rotateBefore) =>
    diffInputs(sqlServerCertificate, state, accepted(sqlServerCertificate, { sqlServer, rotateBefore }), moment(now));
  const replaced = { changes: true, replaces: ["rotateBefore"], deleteBeforeReplace: false };

  it("takes hours, days and weeks that a certificate of a year leaves room for, and says what is wrong with anything else", () => {
    for (const rotateBefore of ["1h", "36h", "60d", "330d", "47w"])
      accepted(sqlServerCertificate, { sqlServer, rotateBefore });
    for (const rotateBefore of ["", "60", "60 d", "-1d", "0d", "1.5d", "60m", "60D", "d", "P60D"])
      assert.match(
        problemsOf(sqlServerCertificate, { sqlServer, rotateBefore })[0] ?? "",
        /^rotateBefore must be a number of hours, days or weeks, as in "36h", "60d" and "8w"/,
        rotateBefore,
      );
    for (const rotateBefore of ["331d", "48w", "999999999w"])
      assert.match(
        problemsOf(sqlServerCertificate, { sqlServer, rotateBefore })[0] ?? "",
        /^rotateBefore must be at most 330d, .* each run would replace the one before/,
        rotateBefore,
      );
  });

  it("is refused beside a fixed expiry and a fixed name, which the next certificate could not have", () => {
    const problems = problemsOf(sqlServerCertificate, {
      sqlServer,
      rotateBefore: "60d",
      expiry: "2090-01-01",
      certificateName: "c",
    });
    assert.match(
      problems.join("\n"),
      /^rotateBefore does not go together with expiry: .*\nrotateBefore does not go together with certificateName: /,
    );
    assert.equal(problems.length, 2);
  });

  it("replaces the certificate when less than that is left, counted from the beginning of its last day in UTC", () => {
    const state = stateOf("60d");
    assert.deepEqual(at("2030-04-01T23:59:59.999Z", state), { changes: false });
    assert.deepEqual(at("2030-04-02T00:00:00Z", state), replaced);
    assert.deepEqual(at("2031-01-01", state), replaced, "after its end too");
  });

  it("goes by SQL Server's clock too, as it was at the last look, for what was asked for then or more", () => {
    const state = stateOf("60d", { rotationDue: true });
    assert.deepEqual(at("2029-12-01", state), replaced);
    assert.deepEqual(at("2029-12-01", state, "9w").replaces, ["rotateBefore"]);
    assert.deepEqual(at("2029-12-01", state, "30d"), { changes: true }, "less was asked for than was looked at");
    const without = accepted(sqlServerCertificate, { sqlServer });
    assert.deepEqual(diffInputs(sqlServerCertificate, state, without, moment("2029-12-01")), { changes: true });
  });

  it("is the same however it is spelled, and changed in place", () => {
    assert.deepEqual(at("2029-12-01", stateOf("8w"), "56d"), { changes: false });
    assert.deepEqual(at("2029-12-01", stateOf("8w"), "57d"), { changes: true });
  });

  it("is no change in a refresh, which compares with what is recorded and not with a program", () => {
    const state = stateOf("60d", { rotationDue: true });
    assert.deepEqual(diffInputs(sqlServerCertificate, state, state), { changes: false });
  });

  it("says why there is a new one, and a day before from when on", () => {
    const warnings = (now: string, more: Bag = {}) =>
      sqlServerCertificate.warnings?.(stateOf("60d", more) as never, moment(now)) ?? [];
    assert.deepEqual(warnings("2030-03-31T23:59:00Z"), []);
    assert.match(
      warnings("2030-04-01T00:00:00Z").join(),
      /^The certificate Cert_sqlserver1_endpoint .* ends on 2030-06-01 \(UTC\), and rotateBefore is 60d: the next pulumi up from 2030-04-02T00:00 \(UTC\) on makes a new certificate/,
    );
    assert.match(warnings("2030-04-02T00:00:00Z").join(), /: pulumi up makes a new certificate/);
    assert.match(warnings("2029-01-01", { rotationDue: true }).join(), /: pulumi up makes a new certificate/);
    const [soon = "", ...more] = warnings("2030-05-20");
    assert.match(
      soon,
      /expires on 2030-06-01 .*What to do: run pulumi up, which makes a new certificate, as rotateBefore asks/s,
    );
    assert.deepEqual(more, []);
  });
});

describe("a certificate that is to be rotated, on a server", () => {
  let scene: Scene;
  before(async () => {
    scene = await openScene();
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
  });
  after(() => scene.close());

  it("is found due by SQL Server's clock, gets a successor of its own name and end, and that one is not due", async () => {
    const resource = () => scene.resource("SqlServerCertificate", sqlServerCertificate);
    const args = { sqlServer: scene.sqlServer, rotateBefore: "60d" };
    const first = await resource().create(args);
    const look = async (made: Made): Promise<Made> => ({
      ...made,
      outs: (await resource().read(made))?.outs ?? assert.fail(),
    });
    const due = async (made: Made) => diffInputs(sqlServerCertificate, made.outs, args, new Date()).replaces ?? [];
    assert.deepEqual([first.outs.rotationDue, await due(first), await due(await look(first))], [undefined, [], []]);

    scene.lab.clock.advance(300 * oneDay);
    assert.deepEqual(await due(await look(first)), []);
    scene.lab.clock.advance(10 * oneDay);
    const seen = await look(first);
    assert.deepEqual([seen.outs.rotationDue, await due(seen)], [true, ["rotateBefore"]]);

    const second = await resource().create(args);
    assert.notEqual(second.outs.certificateName, first.outs.certificateName);
    assert.deepEqual(await due(await look(second)), []);
    assert.equal((await look(second)).outs.rotationDue, undefined);
    await resource().delete(seen);
    assert.deepEqual(
      (await scene.objects()).filter((name) => name.startsWith("certificates: Cert")),
      [`certificates: ${second.outs.certificateName}`],
    );
    scene.lab.clock.advance(-10 * oneDay);
    await resource().delete(second);
  });

  it("is not rotated in every run where this machine's clock is far ahead: that is refused, with both clocks", async () => {
    const before = await scene.objects();
    scene.lab.clock.advance(-700 * oneDay);
    try {
      const message = await scene
        .resource("SqlServerCertificate", sqlServerCertificate)
        .refused({ sqlServer: scene.sqlServer, rotateBefore: "60d" });
      assert.match(
        message,
        /the clock of SQL Server says \d{4}-\S+Z, that of this machine \d{4}-\S+Z\. Nothing was made\.[\s\S]*so in every one\.[\s\S]*set the clock that is wrong/,
      );
      assert.deepEqual(await scene.objects(), before);
    } finally {
      scene.lab.clock.advance(700 * oneDay);
    }
  });
});

// Safety B8
describe("a certificate that a resource made", () => {
  const warningsOf: Readonly<Record<string, (expiryDate: string, now: Date) => readonly string[]>> = {
    SqlServerCertificate: (expiryDate, now) =>
      sqlServerCertificate.warnings(
        { sqlServer, certificateName: "c", instanceId: "i", expiryDate, validity: "Valid" },
        now,
      ),
    "SqlServerCertificate with rotateBefore": (expiryDate, now) =>
      sqlServerCertificate.warnings(
        { sqlServer, certificateName: "c", instanceId: "i", expiryDate, validity: "Valid", rotateBefore: "1h" },
        now,
      ),
    ManagedInstanceCertificate: (expiryDate, now) =>
      managedInstanceCertificate.warnings(
        {
          sqlServer,
          managedInstanceId: "m",
          instanceId: "i",
          fqdn: "f",
          managedInstanceName: "n",
          expiryDate,
          validity: "Valid",
        },
        now,
      ),
    TrustCertificate: (expiryDate, now) =>
      trustCertificate.warnings(
        {
          managedInstanceId: "m",
          certificateName: "c",
          publicKey: "",
          thumbprint: "",
          expiryDate: `${expiryDate}T00:00:00.000Z`,
          validity: "Valid",
        },
        now,
      ),
  };
  for (const [type, warnings] of Object.entries(warningsOf))
    it(`warns on each of its last 30 days, whatever the time at which it ends, and not long before: ${type}`, () => {
      // The day is all that is known of a certificate in the catalog: its end may be at the day's beginning.
      const end = moment("2030-06-01T00:00:00Z").getTime();
      for (let hours = 0; hours <= 30 * 24; hours++)
        assert.equal(warnings("2030-06-01", new Date(end - hours * 3_600_000)).length, 1, `${hours} hours before`);
      assert.deepEqual(warnings("2030-06-01", new Date(end - 32 * oneDay)), []);
    });

  it("warns on each of its last 30 days: the roots", () => {
    const state = {
      ...accepted(trustedRoots, { sqlServer }),
      dnsPattern: "*.database.windows.net",
      instanceId: "x",
      added: [],
    };
    const end = moment("2038-01-15T12:00:00Z").getTime();
    for (let days = 1; days <= 30; days++)
      assert.equal(trustedRoots.warnings?.(state, new Date(end - days * oneDay)).length, 1, `${days} days before`);
  });
});
