// Safety B13: nothing is a constant of the public cloud.
import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { covers, patternFor } from "#provider/sql-server/roots/roots";
import { checkedArgs, placeIn, providerOf, tenResources } from "./ten-resources";

describe("a managed instance of another cloud", () => {
  let lab: Lab;
  afterEach(async () => {
    await disconnectAll();
    await lab.close();
  });

  const rootsOf = (): string[] => [
    ...(lab.sqlServer("sqlserver1").certificates.get("microsoftpki")?.trustedIssuerFor ?? []),
  ];

  for (const dnsSuffix of ["database.usgovcloudapi.net", "database.chinacloudapi.cn", "database.windows.net"]) {
    it(`gets its link under ${dnsSuffix}, as the roots follow from it`, async () => {
      lab = await startLab({ dnsSuffix });
      const place = placeIn(lab.ready);
      const outputs: Record<string, Bag> = {};
      for (const part of tenResources) {
        const provider = await providerOf(part, place);
        const more = part.type === "TrustedRoots" ? { managedInstanceId: place.managedInstanceId } : {};
        const inputs = await checkedArgs(provider, { ...part.args(place, outputs), ...more });
        const { id, outs } = await provider.create(inputs);
        outputs[part.type] = outs;
        assert.deepEqual(await provider.diff(id, outs, inputs), { changes: false }, part.type);
        if (part.type !== "TrustedRoots") continue;
        assert.equal(outs.dnsPattern, `*.${dnsSuffix}`);
        assert.deepEqual(rootsOf(), [`*.${dnsSuffix}`]);
        assert.equal((await provider.read(id, outs)).props?.drift, undefined);
        assert.equal((await provider.update(id, outs, inputs)).outs.dnsPattern, `*.${dnsSuffix}`);
      }
      assert.equal(outputs.InstanceLink?.connectedState, "CONNECTED");
    });
  }

  it("refuses a pattern that does not cover its host name before anything is imported", async () => {
    lab = await startLab({ dnsSuffix: "database.usgovcloudapi.net" });
    const { sqlServer, managedInstanceId, config } = placeIn(lab.ready);
    const part = tenResources.find(({ type }) => type === "TrustedRoots");
    assert.ok(part);
    const provider = await providerOf(part, { sqlServer, managedInstanceId, config, endpointUrl: "" });
    const wrong = await checkedArgs(provider, { sqlServer, managedInstanceId, dnsPattern: "*.database.windows.net" });
    await assert.rejects(
      provider.create(wrong),
      /dnsPattern is \*\.database\.windows\.net, and the managed instance is sqlmi1\..*\.database\.usgovcloudapi\.net[\s\S]*give \*\.database\.usgovcloudapi\.net/,
    );
    assert.equal(lab.sqlServer("sqlserver1").certificates.has("microsoftpki"), false);
    const { id, outs } = await provider.create(await checkedArgs(provider, { sqlServer, managedInstanceId }));
    await assert.rejects(provider.update(id, outs, wrong), /would not vouch for that host name/);
    assert.deepEqual(rootsOf(), ["*.database.usgovcloudapi.net"]);
  });

  it("has its pattern from all that stands behind its zone", async () => {
    lab = await startLab();
    assert.equal(patternFor("mi1.0a1b.database.chinacloudapi.cn"), "*.database.chinacloudapi.cn");
    assert.equal(patternFor("MI1.0A1B.Database.Windows.NET"), "*.database.windows.net");
    assert.equal(covers("*.database.windows.net", "mi1.0a1b.DATABASE.windows.net"), true);
    assert.equal(covers("*.database.windows.net", "mi1.0a1b.database.windows.net.example"), false);
    assert.equal(covers("*.database.windows.net", "mi1.evildatabase.windows.net"), false);
  });
});
