import assert from "node:assert/strict";
import { azureFailure } from "#provider/azure/azure-failure";
import { azureCatalogue } from "#provider/errors/azure-codes";
import { adviceFor } from "#provider/errors/catalogue";

describe("the advice on Azure's errors", () => {
  it("has a cause and a remedy for each link error of the troubleshooting page", () => {
    for (const number of [41962, 41973, 41974, 41976, 41977, 41986, 47521, 1408, 1412]) {
      const advice = adviceFor([number]);
      assert.ok(advice?.cause && advice.remedy, String(number));
    }
  });

  it("is whole sentences that end, and commands that say what to put in", () => {
    for (const [code, { cause, remedy }] of Object.entries(azureCatalogue)) {
      assert.match(cause, /\.$/, code);
      assert.ok(remedy.length > 5, code);
    }
  });

  it("knows the network's failures on the way to Azure from those on the way to SQL Server", () => {
    const unknownHost = azureFailure("read it", {
      code: "ENOTFOUND",
      text: "getaddrinfo ENOTFOUND management.azure.example",
    });
    assert.match(unknownHost.message, /mi-link:armEndpoint/);
    assert.doesNotMatch(unknownHost.message, /sqlServer/);
    assert.match(
      azureFailure("read it", { code: "SELF_SIGNED_CERT_IN_CHAIN", text: "self-signed certificate" }).message,
      /mi-link:caFile/,
    );
  });

  it("shows an unknown code with its text and the request's id", () => {
    const { message } = azureFailure("do it", {
      code: "Brandnew",
      text: "Something else.",
      status: 418,
      requestId: "1-2-3",
    });
    assert.equal(message, "Could not do it.\n  Azure: Brandnew (HTTP 418): Something else. [request id 1-2-3]");
  });
});
