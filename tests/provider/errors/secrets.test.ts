import assert from "node:assert/strict";
import { adviceFor } from "#provider/errors/catalogue";
import { rememberSecret, scrub, scrubOurs } from "#provider/errors/secrets";
import { VisibleError } from "#provider/errors/visible-error";

// Safety B18: a password is in no message, and no message tells by a gap what it is.
describe("a password in messages", () => {
  const strong = "Kept-secret-7";
  before(() => {
    // Each of them is somebody's password.
    for (const word of ["password", "login", "a", "user", "18456", "wrong user", "svc-link-01", strong])
      rememberSecret(word);
  });

  it("is taken out of what a server, a driver or Azure says, however it is quoted there", () => {
    for (const text of [
      `Incorrect syntax near '${strong}'.`,
      `The value ${JSON.stringify(strong)} is not allowed`,
      `https://x/?secret=${encodeURIComponent(strong)}`,
      `near${strong}`,
      "Incorrect syntax near 'password'.",
      'Unclosed quotation mark after "password"',
    ]) {
      assert.match(scrub(text), /\[secret\]/, text);
      assert.ok(!scrub(text).includes(strong), text);
    }
  });

  it("garbles no sentence of ours where it is an ordinary word, and none of the server's", () => {
    const { message } = new VisibleError(
      {
        doing: "connect to SQL Server at 10.0.0.4:1433 as sa",
        said: ["SQL Server error 18456: Login failed for user 'sa'."],
        ...adviceFor([18456]),
      },
      [18456],
    );
    assert.doesNotMatch(message, /\[secret\]/);
    assert.match(message, /Likely cause: wrong user or password,/);
  });

  it("that is the user's name too leaves the name where it stands, as a gap there would tell the password", () => {
    const { message } = new VisibleError({
      doing: "connect to SQL Server at 10.0.0.4:1433 as svc-link-01",
      said: ["SQL Server error 18456: Login failed for user 'svc-link-01'."],
      cause: "svc-link-01 may be disabled.",
    });
    assert.doesNotMatch(message, /\[secret\]/);
  });

  it("is taken out of a sentence of ours as well, where it cannot stand by chance", () => {
    assert.equal(scrubOurs(`host ${JSON.stringify(`sa:${strong}@sql1`)} is none`), 'host "sa:[secret]@sql1" is none');
    assert.equal(scrubOurs('authentication must be "password"'), 'authentication must be "password"');
  });
});
