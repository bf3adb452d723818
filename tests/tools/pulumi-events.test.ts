import assert from "node:assert/strict";
import { readEvents } from "#tools/pulumi-events";

const urn = (name: string) => `urn:pulumi:dev::project::test:Thing::${name}`;
const metadata = (op: string, name: string, diffs?: readonly string[]) => ({
  op,
  urn: urn(name),
  type: "test:Thing",
  diffs,
});

describe("the engine's events", () => {
  it("name each step once, announced and done", () => {
    const { steps } = readEvents([
      { resourcePreEvent: { metadata: metadata("update", "one", ["port"]) } },
      { resOutputsEvent: { metadata: metadata("update", "one", ["port"]) } },
    ]);
    assert.deepEqual(steps, [
      { op: "update", urn: urn("one"), type: "test:Thing", name: "one", diffs: ["port"], failed: false },
    ]);
  });

  it("keep the steps of a replacement apart", () => {
    const ops = ["create-replacement", "replace", "delete-replaced"];
    const { steps } = readEvents(ops.map((op) => ({ resourcePreEvent: { metadata: metadata(op, "one") } })));
    assert.deepEqual(
      steps.map(({ op }) => op),
      ops,
    );
  });

  it("say what a refresh found, not that it looked", () => {
    const { steps } = readEvents([
      { resourcePreEvent: { metadata: metadata("refresh", "gone") } },
      { resourcePreEvent: { metadata: metadata("refresh", "kept") } },
      { resOutputsEvent: { metadata: metadata("delete", "gone") } },
      { resOutputsEvent: { metadata: metadata("same", "kept") } },
    ]);
    assert.deepEqual(
      steps.map(({ op, name }) => `${op} ${name}`),
      ["delete gone", "same kept"],
    );
  });

  it("mark what failed", () => {
    const { steps } = readEvents([
      { resourcePreEvent: { metadata: metadata("create", "one") } },
      { resOpFailedEvent: { metadata: metadata("create", "one") } },
    ]);
    assert.deepEqual(
      steps.map(({ op, failed }) => [op, failed]),
      [["create", true]],
    );
  });

  it("leave out providers and debug messages", () => {
    const provider = { op: "create", urn: urn("default"), type: "pulumi:providers:pulumi-nodejs" };
    const log = readEvents([
      { resourcePreEvent: { metadata: provider } },
      { diagnosticEvent: { severity: "debug", message: "registering" } },
      { diagnosticEvent: { severity: "error", message: "Login failed", urn: urn("one") } },
      { diagnosticEvent: { severity: "info", message: "seeding 33 %", urn: "", ephemeral: true } },
    ]);
    assert.deepEqual(log.steps, []);
    assert.deepEqual(log.diagnostics, [
      { severity: "error", message: "Login failed", urn: urn("one"), ephemeral: false },
      { severity: "info", message: "seeding 33 %", urn: undefined, ephemeral: true },
    ]);
  });
});
