import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { type ResourceType, resources } from "#provider/dynamic/index";
import * as everything from "#provider/index";
import { repositoryRoot } from "../support/repository";
import { tenResources } from "./ten-resources";

const types = Object.keys(resources) as ResourceType[];
const importable = new Map<string, unknown>(Object.entries(everything));
const read = (file: string) => readFileSync(join(repositoryRoot, file), "utf8");

/** `MasterKey` of `master-key`. */
const classOf = (folder: string): string =>
  folder.replaceAll(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase());

describe("the registry of resources", () => {
  it("has every folder", () => {
    const entries = readdirSync(join(repositoryRoot, "provider", "resources"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.ok(folders.length > 0);
    assert.deepEqual(folders.map(classOf).sort(), [...types].sort());
  });

  it("is what the tests of whole links go over", () => {
    assert.deepEqual(tenResources.map(({ type }) => type).sort(), [...types].sort());
  });

  for (const type of types) {
    it(`names a class as states and the handler do, and programs can import it: ${type}`, async () => {
      const made: runtime.MockResourceArgs[] = [];
      await runtime.setMocks({
        newResource(args) {
          made.push(args);
          return { id: args.name, state: args.inputs };
        },
        call: () => ({}),
      });
      const { urn } = new resources[type]("one", {} as never);
      await new Promise((resolve) => urn.apply(resolve));
      const [one] = made;
      assert.equal(one?.type, `pulumi-nodejs:dynamic/mi-link:${type}`);
      assert.equal(one?.inputs.__provider, `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`);
      assert.equal(importable.get(type), resources[type]);
    });

    it(`is known to the changelog: ${type}`, () => {
      assert.ok(read("CHANGELOG.md").includes(`\`${type}\``));
    });
  }
});
