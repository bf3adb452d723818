import assert from "node:assert/strict";
import fc from "fast-check";
import { endpointUrlOf, endpointUrlProblem, managedInstanceUrl, sameUrl } from "#provider/arguments/endpoint-url";
import { hostNameProblem } from "#provider/arguments/host";

const port = fc.integer({ min: 1, max: 65535 });
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);

describe("endpoint URLs", () => {
  it("are a scheme, a host and a port", () => {
    fc.assert(fc.property(host, port, (h, p) => assert.equal(endpointUrlProblem(`TCP://${h}:${p}`), undefined)));
    assert.equal(endpointUrlProblem("tcp://sqlserver1.domain.com:5022"), undefined);
  });

  // Safety B19
  it("are made of an address with its brackets or without them", () => {
    for (const [address, url] of [
      ["::1", "TCP://[::1]:5022"],
      ["[::1]", "TCP://[::1]:5022"],
      ["10.0.0.4", "TCP://10.0.0.4:5022"],
      ["sqlserver1.domain.com", "TCP://sqlserver1.domain.com:5022"],
    ] as const) {
      assert.equal(endpointUrlOf(address, 5022), url);
      assert.equal(endpointUrlProblem(url), undefined);
    }
  });

  it("are refused without one of them, with blanks, or with an IPv6 address that stands bare", () => {
    const wrong = [
      "",
      "TCP://a",
      "http://a:5022",
      "TCP://:5022",
      "TCP://a:0",
      "TCP://a:65536",
      "TCP://a b:5022",
      " TCP://a:1",
      "TCP://a:1\n",
      "TCP://::1:5022",
      "TCP://[1.2]:5022",
      "TCP://a:5022/x",
      "TCP://a:5022;Server=[b]",
      "TCP://a';--:5022",
    ];
    for (const url of wrong)
      assert.match(endpointUrlProblem(url) ?? "", /^must look like TCP:\/\/host:port/, JSON.stringify(url));
  });

  it("of a managed instance name the server behind the address", () => {
    const url = managedInstanceUrl("mi1.0a1b2c.database.windows.net", "mi1");
    assert.equal(url, "tcp://mi1.0a1b2c.database.windows.net:5022;Server=[mi1]");
  });

  it("mean the same in every letter case", () => {
    assert.ok(sameUrl("TCP://A.example:5022", "tcp://a.EXAMPLE:5022"));
    assert.ok(!sameUrl("TCP://a:5022", "TCP://a:5023"));
  });

  it("of an instance need a whole host name", () => {
    assert.equal(hostNameProblem("mi1.0a1b2c.database.windows.net"), undefined);
    for (const wrong of ["", "mi1", "mi1.", ".net", "a b.c", "a;b.c", "a].c", "-a.b", `${"a".repeat(64)}.b`])
      assert.match(hostNameProblem(wrong) ?? "", /whole host name/, wrong);
  });
});
