import assert from "node:assert/strict";
import { join } from "node:path";
import { type DynamicProviderServer, initFailureOf, startDynamicProviderServer } from "../../support/dynamic-provider";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const __provider = `exports.handler=()=>require(${JSON.stringify(join(__dirname, "fixture-provider.js"))}).handler()`;

describe("the contract with the dynamic provider server", () => {
  let server: DynamicProviderServer;
  before(async () => {
    server = await startDynamicProviderServer();
    await server.configure({ "azure-native:location": "westeurope" });
  });
  after(() => server.stop());

  const checked = async (news: Record<string, unknown>) => (await server.check({}, { ...news, __provider })).inputs;
  const __left = ["grain"];

  it("fills in defaults, canonical spelling and derived inputs, so that previews know them", async () => {
    assert.deepEqual(await checked({ name: "a" }), { name: "a", size: 1, shade: "shade of a", __left, __provider });
    assert.equal((await checked({ name: "a", shade: "DARK" })).shade, "dark");
  });

  it("lets unknown values pass, and derives nothing from them", async () => {
    const { inputs, failures } = await server.check({}, { name: unknown, size: unknown, __provider });
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, { name: unknown, size: unknown, __left, __provider });
  });

  it("reports all problems of a resource at once, naming no property, as the engine would print its value", async () => {
    const { failures } = await server.check({}, { size: -1, password: "abc", colour: "red", __provider });
    assert.deepEqual(failures, [
      { property: "", reason: "colour is not an argument of this resource" },
      { property: "", reason: "size must be over 0" },
      { property: "", reason: "password is too short" },
      { property: "", reason: "name is required" },
    ]);
    assert.deepEqual((await server.check({}, { name: "tiny", size: 6, __provider })).failures, [
      { property: "", reason: "a tiny one has a size of at most 5" },
    ]);
    assert.deepEqual((await server.check({}, { name: 5, __provider })).failures, [
      { property: "", reason: "name must be a string, not a number" },
    ]);
  });

  it("keeps hidden inputs beside the checked ones", async () => {
    assert.deepEqual((await checked({ name: "a", __urn: "urn:x", __timeouts: { create: 5 } })).__timeouts, {
      create: 5,
    });
  });

  it("tells same, update and replace apart, and takes unknown for changed", async () => {
    const state = { name: "a", size: 1, shade: "shade of a", __provider, label: "x", __v: 1 };
    const inputs = { name: "a", size: 1, shade: "shade of a", __provider };
    const [none, some] = [1, 2];
    assert.deepEqual(await server.diff("id", state, inputs), {
      changes: none,
      replaces: [],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(await server.diff("id", state, { ...inputs, size: 2 }), {
      changes: some,
      replaces: [],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(await server.diff("id", state, { ...inputs, name: "b" }), {
      changes: some,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(await server.diff("id", state, { ...inputs, name: unknown }), {
      changes: some,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(await server.diff("id", state, { ...inputs, size: unknown }), {
      changes: some,
      replaces: [],
      deleteBeforeReplace: false,
    });
    assert.equal((await server.diff("id", { ...state, drift: "it leans" }, inputs)).changes, some);
  });

  describe("a change that must not be made", () => {
    const state = { name: "dear", size: 1, shade: "shade of dear", __provider, label: "x", __v: 2 };
    const news = { name: "dear", size: 1, shade: "shade of dear", __urn: "urn:dear", __provider };

    it("is refused where the program declares it, and where it would go along with a replacement", async () => {
      await server.check(news, { ...news, name: "other" });
      await assert.rejects(server.diff("id", state, { ...news, name: "other" }), /it is dear/);
      await assert.rejects(server.diff("id", state, { ...news, name: unknown }), /it would go along/);
      assert.equal((await server.diff("id", state, { ...news, size: 2 })).changes, 2);
    });

    it("is not refused where a preview does not know the value yet, nor where a refresh compares", async () => {
      const declared = { ...news, name: unknown, __preview: true };
      await server.check(news, declared);
      assert.deepEqual((await server.diff("id", state, declared)).replaces, ["name"]);
      const read = { ...news, name: "other", __urn: "urn:read" };
      assert.deepEqual((await server.diff("id", state, read)).replaces, ["name"]);
    });
  });

  it("warns beside the resource whenever it is looked at, and not once more for a cascade", async () => {
    const state = { name: "a", size: 1, label: "worn", __provider, __v: 2 };
    const news = { name: "a", size: 1, __urn: "urn:worn", __provider };
    await server.diff("id", state, news);
    await server.diff("id", state, { ...news, name: unknown });
    assert.deepEqual(
      server.warnings.filter((warning) => warning.startsWith("urn:worn")),
      ["urn:worn: it is worn"],
    );
  });

  it("clears the last status line before it answers, but not the warning that has taken its place", async () => {
    const seen = (urn: string) =>
      [...server.statuses, ...server.warnings]
        .filter((line) => line.startsWith(`${urn}: `))
        .map((line) => line.slice(urn.length + 2));
    const make = (name: string, __urn: string) => server.create({ name, size: 1, __urn, __provider });
    await make("busy", "urn:busy");
    assert.deepEqual(seen("urn:busy"), ["half way", ""]);
    await assert.rejects(make("busy in vain", "urn:vain"));
    assert.deepEqual(seen("urn:vain"), ["half way", ""]);
    await make("busy and worried", "urn:worried");
    assert.deepEqual(seen("urn:worried"), ["half way", "it creaks"]);
    await make("calm", "urn:calm");
    assert.deepEqual(seen("urn:calm"), []);
  });

  // Safety B8
  it("warns of what a change leaves behind, and not of what was before it", async () => {
    const state = { name: "a", size: 1, label: "worn", __provider, __v: 2 };
    const news = { name: "a", size: 2, __urn: "urn:tender", __provider };
    const said = () => server.warnings.filter((warning) => warning.startsWith("urn:tender"));
    const { inputs } = await server.check(state, { ...news, __preview: true });
    await server.diff("id", state, inputs);
    assert.deepEqual(said(), ["urn:tender: it is worn"], "a preview looks at nothing");
    await server.diff("id", state, (await server.check(state, news)).inputs);
    await server.update("id", state, news);
    assert.deepEqual(said().length, 1, "the update has looked again");
    await server.update("id", { ...state, name: "tender" }, { ...news, name: "tender" });
    await server.create({ ...news, name: "tender" });
    assert.deepEqual(said().length, 3);
  });

  it("leaves the recorded inputs alone where they still hold: the next refresh has no other place for the urn", async () => {
    const { id, outs } = await server.create(await checked({ name: "a", size: 7, __urn: "urn:kept" }));
    assert.equal((await server.read(id, outs)).inputs, undefined);
    assert.equal((await server.read(id, { ...outs, size: 8 })).inputs?.size, 7);
    assert.equal((await server.read(id, { ...outs, drift: "it leans" })).inputs?.size, 7);
  });

  it("takes what is recorded already for accepted, and checks what is new", async () => {
    const news = { name: "a", size: -1, __provider };
    assert.equal((await server.check({}, news)).failures.length, 1);
    assert.deepEqual((await server.check({ name: "a", size: -1 }, news)).failures, []);
    assert.equal((await server.check({ name: "a", size: -2 }, news)).failures.length, 1);
  });

  // Safety B17
  describe("a preview in which one resource takes its name from the label of another", () => {
    const maker = { name: "maker", size: 1, shade: "shade of maker", label: "known by this", __provider, __v: 2 };
    const taker = { name: "known by this", size: 1, shade: "shade of known by this", __provider, __v: 2 };
    const preview = { __preview: true, __provider };
    let fresh: DynamicProviderServer;
    beforeEach(async () => {
      fresh = await startDynamicProviderServer();
    });
    afterEach(() => fresh.stop());

    const previewed = async (state: Record<string, unknown>, news: Record<string, unknown>) => {
      const { inputs } = await fresh.check(state, { ...preview, ...news });
      return { inputs, ...(await fresh.diff("id", state, inputs)) };
    };

    it("knows the name where the other is only updated", async () => {
      assert.deepEqual((await previewed(maker, { name: "maker", size: 2, __urn: "urn:maker" })).replaces, []);
      const { inputs, changes, replaces } = await previewed(taker, { name: unknown, size: 1, __urn: "urn:taker" });
      assert.equal(inputs.name, "known by this");
      assert.deepEqual([changes, replaces], [1, []]);
      assert.deepEqual(fresh.warnings, []);
    });

    it("shows a replacement where the other is replaced", async () => {
      assert.deepEqual((await previewed(maker, { name: "changed", size: 1, __urn: "urn:maker" })).replaces, ["name"]);
      const { inputs, replaces } = await previewed(taker, { name: unknown, size: 1, __urn: "urn:taker" });
      assert.equal(inputs.name, unknown);
      assert.deepEqual(replaces, ["name"]);
      assert.deepEqual(fresh.warnings, []);
    });

    it("says that a replacement depends on the value where nothing is known of it", async () => {
      const { replaces } = await previewed(taker, { name: unknown, size: 1, __urn: "urn:taker" });
      assert.deepEqual(replaces, ["name"]);
      assert.deepEqual(fresh.warnings, [
        "urn:taker: name is not known in this preview. What is there is replaced only if the value is found to differ.",
      ]);
    });

    it("takes nothing for known where the repair of the other's drift may change it, nor in a real run", async () => {
      const drifted = { ...maker, drift: "it leans" };
      await previewed(drifted, { name: "maker", size: 1, __urn: "urn:maker" });
      assert.equal((await previewed(taker, { name: unknown, size: 1, __urn: "urn:taker" })).inputs.name, unknown);
      await previewed(maker, { name: "maker", size: 2, __urn: "urn:maker" });
      const real = await fresh.check(taker, { name: unknown, size: 1, __provider });
      assert.equal(real.inputs.name, unknown);
    });
  });

  it("shows no difference for an argument that is younger than the state, until something else changes", async () => {
    const state = { name: "a", size: 1, __provider, __v: 1 };
    const news = { name: "a", size: 1, finish: "matt", __provider };
    assert.equal((await server.diff("id", state, news)).changes, 1);
    assert.equal((await server.diff("id", { ...state, __v: 2 }, news)).changes, 2);
    assert.equal((await server.diff("id", { ...state, finish: "gloss" }, news)).changes, 2);
    const { props } = await server.read("id", state);
    assert.equal(props?.__v, 1, "a refresh does not make the state younger");
  });

  it("creates with configuration at hand, and answers without the undefined that would lose the object", async () => {
    const { id, outs } = await server.create({
      name: "a",
      size: 1,
      __urn: "urn:a",
      __timeouts: { create: 5000 },
      __provider,
    });
    assert.equal(id, "id-a");
    const { __note: token, ...others } = outs;
    assert.match(String(token), /^[0-9a-f-]{36}$/, "the token of its notes on the server");
    assert.deepEqual(others, {
      name: "a",
      size: 1,
      region: "westeurope",
      __timeouts: { create: 5000 },
      __v: 3,
      __provider,
    });
  });

  it("shows neither the secret nor a stack in the message of an unexpected failure", async () => {
    await assert.rejects(server.create({ name: "leaky", password: "hunter2's", __provider }), (error: Error) => {
      assert.match(error.message, /Could not create this Fixture/);
      assert.match(error.message, /near '\[secret\]'/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    assert.doesNotMatch(server.stderr(), /hunter2/);
  });

  it("records a half-made object with everything that destroy needs", async () => {
    await assert.rejects(server.create({ name: "half", size: 2, password: "hunter2", __provider }), (error: Error) => {
      const failure = initFailureOf(error);
      assert.ok(failure);
      assert.equal(failure.id, "half-id");
      assert.equal(failure.properties.__provider, __provider);
      assert.equal(failure.properties.size, 2);
      assert.match(
        failure.reasons[0] ?? "",
        /Could not finish it\.\n {2}Likely cause: the password \[secret\] was refused\n {2}What to do: try again/,
      );
      return true;
    });
  });

  it("takes no error of others for a half-made object because it has an id", async () => {
    await assert.rejects(server.create({ name: "foreign", __provider }), (error: Error) => {
      assert.equal(initFailureOf(error), undefined);
      return true;
    });
  });

  it("ends an operation at the deadline of customTimeouts", async () => {
    await assert.rejects(
      server.create({ name: "slow", __timeouts: { create: 50 }, __provider }),
      /Could not create this Fixture\.\n {2}Likely cause: the deadline/,
    );
  });

  it("takes a deadline that is longer than any timer for a long one", async () => {
    await server.create({ name: "a", size: 1, __timeouts: { create: 1000 * 3_600_000.5 }, __provider });
  });

  it("reads what is there with the inputs as found, a sentence of drift, and nothing when it is gone", async () => {
    const stored = { name: "drifted", size: 1, label: "x", __v: 1, __provider };
    const { id, props, inputs } = await server.read("id-drifted", stored);
    assert.equal(id, "id-drifted");
    assert.equal(props?.size, 7);
    assert.equal(props?.drift, "it leans to the left");
    assert.equal(inputs?.size, 7);
    assert.equal(inputs?.drift, "it leans to the left");
    assert.equal(inputs?.label, undefined);
    assert.equal((await server.read("id", { ...stored, name: "gone" })).id, "");
  });

  it("shows what the program leaves to the resource as no input, and keeps it where somebody changed it", async () => {
    const { inputs: left } = await server.check({}, { name: "a", __provider });
    assert.deepEqual(left.__left, ["grain"]);
    assert.deepEqual((await server.check({}, { name: "a", grain: "fine", __provider })).inputs.__left, []);

    const stored = { name: "a", size: 1, grain: "fine", __left: ["grain"], __v: 3, __provider };
    const { props, inputs } = await server.read("id", stored);
    assert.deepEqual([props?.grain, inputs?.size, inputs?.grain], ["fine", 7, undefined]);

    const sanded = await server.read("id", { ...stored, name: "sanded" });
    assert.deepEqual([sanded.props?.grain, sanded.inputs?.grain], ["fine", undefined]);
    assert.equal(sanded.props?.drift, "grain is rough, not fine");
    assert.equal(sanded.inputs?.drift, "grain is rough, not fine");

    const declared = await server.read("id", { ...stored, name: "sanded", __left: [] });
    assert.deepEqual(
      [declared.props?.grain, declared.inputs?.grain, declared.inputs?.drift],
      ["rough", "rough", undefined],
    );
    const older = await server.read("id", { ...stored, name: "sanded", __left: undefined });
    assert.equal(older.props?.drift, "grain is rough, not fine", "an older state does not tell what is left");
  });

  it("forgets drift in the next check, so that the next up updates", async () => {
    const { inputs, failures } = await server.check({}, { name: "a", drift: "it leans", __provider });
    assert.deepEqual(failures.length, 1, "drift is no argument");
    assert.equal(inputs.drift, undefined);
  });

  it("leaves drift alone that the program ignores, which the engine puts back among the inputs", async () => {
    const drift = "it leans";
    const recorded = { name: "a", size: 7, drift, __provider };
    const state = { ...recorded, shade: "shade of a", __v: 2 };
    const { inputs, failures } = await server.check(recorded, { ...recorded, __urn: "urn:leaning" });
    assert.deepEqual(failures, []);
    assert.equal((await server.diff("id", state, inputs)).changes, 1);
    assert.equal((await server.diff("id", { ...state, drift: "it leans more" }, inputs)).changes, 2);
    const { drift: later } = await server.update("id", state, { ...inputs, size: 8 });
    assert.equal(later, undefined, "an update brings all of it in line");
  });

  it("replaces what replaceOnChanges names, which the engine does not where all it hears is that something changed", async () => {
    const state = { name: "a", size: 1, shade: "shade of a", __provider, __v: 2 };
    const replaces = async (paths: readonly string[], news: object, before: object = {}) =>
      (
        await server.diff(
          "id",
          { ...state, ...before },
          { ...state, ...news, __replaceOnChanges: paths, __urn: "urn:replaced" },
        )
      ).replaces;
    assert.deepEqual(await replaces(["size"], { size: 2 }), ["size"]);
    assert.deepEqual(await replaces(["shade"], { size: 2 }), []);
    assert.deepEqual(await replaces(["*"], { size: 2 }), ["size"]);
    assert.deepEqual(await replaces(["*"], {}), []);
    assert.deepEqual(await replaces(["drift"], {}, { drift: "it leans" }), ["drift"]);
    const [left, right] = [{ shade: { left: 1, right: 1 } }, { shade: { left: 1, right: 2 } }];
    assert.deepEqual(await replaces(["shade.left"], right, left), []);
    assert.deepEqual(await replaces(['shade["right"]'], right, left), ["shade"]);
  });

  it("refuses what replaceOnChanges would replace, where it must not be", async () => {
    const state = { name: "dear", size: 1, shade: "shade of dear", __provider, label: "x", __v: 2 };
    const news = { ...state, size: 2, __replaceOnChanges: ["size"], __urn: "urn:dear by size" };
    const { inputs } = await server.check(state, news);
    await assert.rejects(server.diff("id", state, inputs), /it is dear/);
  });

  it("updates, and prints nothing of what fails: the engine shows the answer, and would show that too", async () => {
    assert.equal(
      (await server.update("id", { name: "a", size: 1, __provider }, { name: "a", size: 3, __provider })).label,
      "updated",
    );
    await server.delete("id", { name: "a", __provider });
    await assert.rejects(
      server.delete("id", { name: "stuck", __provider }),
      /Could not delete stuck\.\n {2}Likely cause: it is stuck/,
    );
    const dear = { name: "dear", size: 1, shade: "shade of dear", __urn: "urn:dear", __provider };
    await server.check({}, { ...dear, name: "other" });
    await assert.rejects(server.diff("id", { ...dear, __v: 2 }, { ...dear, name: "other" }), /it is dear/);
    assert.equal(server.stderr(), "");
  });

  it("answers operations that come at the same time as the first", async () => {
    const fresh = await startDynamicProviderServer();
    await fresh.configure({ "azure-native:location": "northeurope" });
    const all = await Promise.all(["b", "c", "d", "e"].map((name) => fresh.create({ name, __provider })));
    assert.deepEqual(
      all.map(({ outs }) => outs.region),
      Array(4).fill("northeurope"),
    );
    await fresh.stop();
  });
});
