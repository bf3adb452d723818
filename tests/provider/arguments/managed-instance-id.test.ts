import assert from "node:assert/strict";
import {
  azArguments,
  canonicalInstanceId,
  childId,
  instanceIdProblem,
  linkArguments,
  parseInstanceId,
  quotedWord,
  shellWord,
} from "#provider/arguments/managed-instance-id";

const id =
  "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups/My.Group_(1)/providers/Microsoft.Sql/managedInstances/mi-1";

describe("the resource id of a managed instance", () => {
  it("is taken in any case and kept in one", () => {
    assert.equal(instanceIdProblem(id), undefined);
    const shouted = id
      .replace("/subscriptions/0a1b2c3d", "/SUBSCRIPTIONS/0A1B2C3D")
      .replace("resourceGroups", "resourcegroups")
      .replace("Microsoft.Sql/managedInstances", "MICROSOFT.SQL/managedinstances");
    assert.equal(instanceIdProblem(shouted), undefined);
    assert.equal(canonicalInstanceId(shouted), id);
    assert.deepEqual(parseInstanceId(shouted), {
      subscriptionId: "0a1b2c3d-0000-1111-2222-333344445555",
      resourceGroup: "My.Group_(1)",
      name: "mi-1",
    });
  });

  it("is written into command lines that no name can get out of", () => {
    const other = id.replace("My.Group_(1)", "a--mi-b");
    assert.equal(linkArguments(other).replace(/ --sub.*/, ""), "-g a--mi-b --instance-name mi-1");
    assert.equal(azArguments(id).replace(/ --sub.*/, ""), '-g "My.Group_(1)" --mi mi-1');
    assert.equal(quotedWord("my db's"), `"my db's"`);
    assert.equal(quotedWord("$(reboot) `x` it's"), "'$(reboot) `x` it'\\''s'");
    assert.equal(shellWord(id), `"${id}"`);
    assert.equal(shellWord(other), other);
  });

  it("is refused with the reason when it is none", () => {
    for (const wrong of [
      "",
      "mi-1",
      `${id}/databases/db1`,
      `${id}/`,
      id.replace("managedInstances", "servers"),
      `x${id}`,
    ]) {
      assert.match(instanceIdProblem(wrong) ?? "", /^must be the resource id of a managed instance/);
    }
    assert.match(instanceIdProblem(id.replace("0a1b2c3d-", "")) ?? "", /^has the subscription .* which is not a GUID$/);
    assert.match(instanceIdProblem(id.replace("mi-1", "mi_1")) ?? "", /^has the instance name "mi_1"/);
    assert.match(instanceIdProblem(id.replace("mi-1", "m".repeat(64))) ?? "", /at most 63/);
    assert.match(instanceIdProblem(id.replace("My.Group_(1)", "group.")) ?? "", /^has the resource group "group\."/);
    assert.match(instanceIdProblem(id.replace("My.Group_(1)", "a?b")) ?? "", /^has the resource group/);
  });

  it("keeps a child's name one segment of the path", () => {
    assert.equal(childId(id, "serverTrustCertificates", "a#b c"), `${id}/serverTrustCertificates/a%23b%20c`);
  });
});
