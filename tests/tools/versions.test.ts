import assert from "node:assert/strict";
import { isAtLeast, parseVersion } from "#tools/setup/versions";

describe("versions", () => {
  it("are compared number by number, not as text", () => {
    assert.equal(isAtLeast("3.259.0", "3.254.0"), true);
    assert.equal(isAtLeast("3.254.0", "3.254.0"), true);
    assert.equal(isAtLeast("3.99.0", "3.254.0"), false);
    assert.equal(isAtLeast("4.0.0", "3.254.9"), true);
    assert.equal(isAtLeast("3.254.1", "3.254.2"), false);
    assert.equal(isAtLeast("2.999.999", "3.0.0"), false);
  });

  it("may have a v before them and a label behind", () => {
    assert.deepEqual(parseVersion("v24.21.0\n"), [24, 21, 0]);
    assert.equal(isAtLeast("v3.260.0-alpha.1+dirty", "3.254.0"), true);
  });

  it("that can't be read are not new enough", () => {
    for (const text of ["", "pulumi", "3.259", "version 3.259.0"]) assert.equal(isAtLeast(text, "0.0.1"), false, text);
  });
});
