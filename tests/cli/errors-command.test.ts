import assert from "node:assert/strict";
import { wholeCatalogue } from "#provider/errors/catalogue";
import { runCli } from "../support/command-line";

describe("mi-link errors", function () {
  this.timeout(30_000);

  it("explains numbers and codes, whatever their letter case, each with its cause and what to do", async () => {
    const { code, stdout } = await runCli(["errors", "35250", "operationcannotstartduetomilink"]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^35250 \(SQL Server's numbers\)\n {2}Likely cause: .+\n {2}What to do: .*ALTER ENDPOINT .*5022/,
    );
    assert.match(
      stdout,
      /\n\nOperationCanNotStartDueToMiLink \(Azure's codes\)\n {2}Likely cause: .+\n {2}What to do: /,
    );
  });

  it("lists all that it knows", async () => {
    const { stdout } = await runCli(["errors", "--json"]);
    const listed: { code: string }[] = JSON.parse(stdout);
    const known = Object.values(wholeCatalogue).flatMap(Object.keys);
    assert.deepEqual(
      listed.map(({ code }) => code),
      known,
    );
  });

  it("explains what it knows, says where to ask about others, and fails", async () => {
    const { code, stdout, stderr } = await runCli(["errors", "constructor", "35250", "5"]);
    assert.equal(code, 1);
    assert.match(stdout, /^35250 /);
    assert.match(stderr, /^Could not explain constructor, 5\.\n.+\n.*sys\.messages WHERE message_id IN \(5\) /m);
    assert.match((await runCli(["errors", "nope"])).stderr, /npx mi-link errors$/m);
  });
});
