import assert from "node:assert/strict";
import { checkInputs } from "#provider/lifecycle/check";
import { sqlServerCertificate } from "#provider/resources/sql-server-certificate/lifecycle";
import { trustedRoots } from "#provider/resources/trusted-roots/lifecycle";
import { expiryWarnings, type Validity, validityAt } from "#provider/sql-server/validity";
import { accepted, sqlServer } from "./check-and-diff";

// Safety B8
describe("a certificate's end", () => {
  const moment = (text: string) => new Date(text);
  const warnings = (now: string, expiryDate: string, validity?: Validity) =>
    expiryWarnings({ expiryDate, validity }, moment(now), "The certificate c", "Nothing connects.", "make another.");

  it("is near in the last 30 days, and come with its moment", () => {
    const expiry = moment("2030-03-31T12:00:00Z");
    assert.equal(validityAt(moment("2030-03-01T11:59:59Z"), expiry), "Valid");
    assert.equal(validityAt(moment("2030-03-01T12:00:00Z"), expiry), "ExpiresSoon");
    assert.equal(validityAt(moment("2030-03-31T11:59:59Z"), expiry), "ExpiresSoon");
    assert.equal(validityAt(moment("2030-03-31T12:00:00Z"), expiry), "Expired");
  });

  it("is told with its date, what stops, and what to do", () => {
    assert.deepEqual(warnings("2030-01-01", "2030-03-31"), []);
    assert.deepEqual(warnings("2030-03-15", "2030-03-31"), [
      "The certificate c expires on 2030-03-31 (UTC). Nothing connects.\n  What to do: make another.",
    ]);
    assert.match(
      warnings("2030-04-01", "2030-03-31T10:00:00.000Z")[0] ?? "",
      /^The certificate c expired on 2030-03-31/,
    );
  });

  it("goes by the later of two clocks: this machine's, and the server's when it was last looked at", () => {
    assert.match(warnings("2020-01-01", "2030-03-31", "ExpiresSoon")[0] ?? "", /expires on/);
    assert.match(warnings("2020-01-01", "2030-03-31", "Expired")[0] ?? "", /expired on/);
    assert.match(warnings("2030-03-15", "2030-03-31", "Expired")[0] ?? "", /expired on/);
    assert.match(warnings("2030-03-15", "2030-03-31", "Valid")[0] ?? "", /expires on/);
    assert.match(warnings("2031-01-01", "2030-03-31", "Valid")[0] ?? "", /expired on/);
  });

  it("has not come on the day that is its last one, by this machine's clock, which knows no time of it", () => {
    assert.match(warnings("2030-03-31T23:00:00Z", "2030-03-31", "Valid")[0] ?? "", /expires on/);
  });

  it("is not told of what was recorded without a date", () => {
    assert.deepEqual(expiryWarnings({}, new Date(), "It", "No.", "Do."), []);
  });

  it("is told of the roots too", () => {
    const dnsPattern = "*.database.windows.net";
    const state = { ...accepted(trustedRoots, { sqlServer }), dnsPattern, instanceId: "x", added: [] };
    assert.deepEqual(trustedRoots.warnings?.(state, moment("2030-01-01")), []);
    const told = trustedRoots.warnings?.(state, moment("2038-01-01")) ?? [];
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /^The root DigiCertPKI, .* expires on 2038-01-15/);
  });

  it("refuses no program that has not changed, and every new one", () => {
    const check = (expiry: string, olds: object) =>
      checkInputs(sqlServerCertificate, { sqlServer, expiry }, { sqlServer, ...olds }).failures.length;
    assert.equal(check("2021-01-01", { expiry: "2021-01-01" }), 0);
    assert.equal(check("2021-01-01", { expiry: "2020-01-01" }), 1);
    assert.equal(check("2021-01-01", {}), 1);
  });
});
