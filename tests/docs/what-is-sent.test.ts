import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { JournalEntry } from "#lab/journal";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openSqlClient } from "#tools/clients";
import { checkedArgs, placeIn, providerOf, tenResources } from "../provider/ten-resources";
import { blocksIn, textOf } from "./markdown";

type Request = Extract<JournalEntry, { readonly kind: "request" }>;

/** In the words of the pages, `PUT serverTrustCertificates/Cert_x`. */
const inWords = ({ method, path }: Request): string =>
  `${method} ${path.split("?", 1)[0]?.split("/").slice(-2).join("/")}`;

/** The action of Azure's access control that a request needs: names and types take turns in its path. */
function actionOf({ method, path }: Request): string {
  const [, below = ""] = path.split("?", 1)[0]?.split("/providers/Microsoft.Sql/") ?? [];
  const types = below.split("/").filter((_, place) => place % 2 === 0);
  const verb = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete" }[method] ?? "action";
  return ["Microsoft.Sql", ...types, verb].join("/");
}

/** `<name>`, and `*` in actions, stand for anything. */
const pattern = (text: string, wild: RegExp): RegExp =>
  new RegExp(
    `^${text
      .split(wild)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[\\s\\S]+?")}$`,
    "i",
  );

const plain = (statement: string): string => statement.replaceAll(/\s+/g, " ").trim();

// What pages say of rights and statements, beside what all resources send when they are made, looked at, changed and deleted.
describe("what the documentation says is sent", function () {
  this.timeout(60_000);
  let lab: Lab;
  let requests: readonly Request[];
  let changes: readonly string[];
  before(async () => {
    lab = await startLab({ recoveryModel: "SIMPLE" });
    const place = placeIn(lab.ready);
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    // As the login of the page about security.
    const [script] = blocksIn("docs/security.md").filter(({ language }) => language === "sql");
    const [, user = "", password = ""] =
      /CREATE LOGIN \[(\w+)\] WITH PASSWORD = N'([^']+)'/.exec(script?.code ?? "") ?? [];
    const console = await openSqlClient(server, lab.ready.caFile);
    await console.query(script?.code ?? "");
    await console.close();
    const from = lab.journal.entries.length;
    await throughTheirLives({ ...place, sqlServer: { ...place.sqlServer, user, password } });
    const sent = lab.journal.entries.slice(from);
    requests = sent.filter(
      (entry) => entry.kind === "request" && entry.path.startsWith("/subscriptions/"),
    ) as Request[];
    changes = sent
      .flatMap((entry) => (entry.kind === "statement" ? [plain(entry.text)] : []))
      .map((text) => text.replace(/^IF .* (?=EXEC sys\.)/, ""))
      .filter((text) => /^(?:CREATE|ALTER|DROP|BACKUP|DECLARE|EXEC sys)/i.test(text));
  });
  after(async () => {
    await disconnectAll();
    await lab.close();
  });

  it("has in the custom role for Azure every action that is needed, and no other", () => {
    const [role] = blocksIn("docs/security.md").filter(({ language }) => language === "json");
    const actions: string[] = JSON.parse(role?.code ?? "{}").Actions;
    const needed = new Set(requests.map(actionOf));
    const allows = (action: string, one: string) => pattern(action, /\*/).test(one);
    assert.deepEqual(
      [...needed].filter((one) => !actions.some((action) => allows(action, one))),
      [],
    );
    assert.deepEqual(
      actions.filter((action) => ![...needed].some((one) => allows(action, one))),
      [],
    );
  });

  it("has on the page of steps every statement that changes something, and every request", () => {
    const said = [...textOf("docs/steps.md").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => plain(code));
    const patterns = said.map((code) => pattern(code, /<[^>]*>/));
    const isSaid = (text: string) => patterns.some((each) => each.test(text));
    const missing = changes.filter((text) => !isSaid(text));
    assert.deepEqual(missing, []);
    const asked = requests.filter(({ method }) => method !== "GET").map(inWords);
    assert.deepEqual(
      asked.filter((text) => !isSaid(text)),
      [],
    );
    // What the page says with a name in it is sent.
    const all = [...changes, ...requests.map(inWords)];
    const examples = said.filter((code) =>
      /^(?:CREATE|ALTER DATABASE|BACKUP|DROP|DECLARE|EXEC|GET|PUT|PATCH|DELETE) .*[[<N]/.test(code),
    );
    assert.ok(examples.length > 15);
    assert.deepEqual(
      examples.filter((code) => !all.some((text) => pattern(code, /<[^>]*>/).test(text))),
      [],
    );
  });
});

async function throughTheirLives(place: ReturnType<typeof placeIn>): Promise<void> {
  const made: Record<string, Bag> = {};
  const deletes: (() => Promise<void>)[] = [];
  for (const resource of tenResources) {
    const provider = await providerOf(resource, place);
    const inputs = await checkedArgs(provider, {
      ...resource.args(place, made),
      __urn: `urn:pulumi:dev::docs::x::${resource.type}`,
    });
    const { id, outs } = await provider.create(inputs);
    const { props = {} } = await provider.read(id, outs);
    made[resource.type] = props;
    if (resource.type === "InstanceLink") {
      const changed = await checkedArgs(provider, { ...inputs, ...resource.change });
      made[resource.type] = (await provider.update(id, props, changed)).outs;
    }
    deletes.unshift(() => provider.delete(id, made[resource.type] ?? {}));
  }
  for (const remove of deletes) await remove();
}
