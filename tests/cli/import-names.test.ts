import assert from "node:assert/strict";
import type { LinkThere, There } from "#provider/cli/import/links-there";
import { programText } from "#provider/cli/import/program-text";
import { programFor } from "#provider/cli/import/programs";

const linkOf = (databaseName: string, linkName = `DAG_${databaseName}`): LinkThere => ({
  linkName,
  databaseName,
  groupName: `AG_${databaseName}`,
  instanceGroupName: `AG_${databaseName}_MI`,
  partnerEndpoint: "TCP://10.0.0.4:5022",
  groupUrl: "TCP://10.0.0.4:5022",
  localUrl: "TCP://10.0.0.4:5022",
});

const programOf = (links: readonly LinkThere[], isComponents: boolean) => {
  const endpoint = { name: "e", port: 5022, certificateName: "c" } as There["endpoint"];
  const names = isComponents ? links.map(({ linkName }) => linkName) : [];
  return programFor({ links, endpoint } as unknown as There, { host: "10.0.0.4" }, "/id", {
    isPairing: true,
    links: new Set(names),
  });
};

describe("the program of an import", () => {
  const odd = ["a", "a-database", "A", "a.group", "a dag", "###", "$$$", "a-link-2", "a link", "a-distributed group"];

  for (const isComponents of [true, false])
    it(`gives no two resources one name, whatever the databases are called: ${isComponents ? "components" : "single resources"}`, () => {
      const { declarations } = programOf(
        odd.map((name) => linkOf(name)),
        isComponents,
      );
      const parts = declarations.flatMap(({ kind, name }) =>
        kind === "ManagedInstanceLink"
          ? [name, ...["database", "group", "dag", "link"].map((part) => `${name}-${part}`)]
          : [name],
      );
      assert.equal(new Set(parts).size, parts.length, parts.join());
      const variables = declarations.map(({ variable }) => variable);
      assert.equal(new Set(variables).size, variables.length, variables.join());
    });

  it("has nothing of a name outside its quotes and its comment", () => {
    const hostile = 'x"\u2028process.exit()//\u2029*/`\\';
    const text = programText(programOf([linkOf("db1", hostile)], false));
    assert.doesNotMatch(text, /^process/m);
    assert.ok(text.split(/[\n\r\u2028\u2029]/).every((line) => !line.startsWith("process")));
  });
});
