import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder } from "#tools/setup/cache";

describe("the cache folder", () => {
  it("is the one asked for", () => {
    const env = { PULUMI_MI_LINK_CACHE: "/somewhere", XDG_CACHE_HOME: "/xdg", HOME: "/home/me" };
    assert.equal(cacheFolder(env), resolve("/somewhere"));
  });

  it("is absolute even when it was given relative to where the command ran", () => {
    assert.equal(cacheFolder({ PULUMI_MI_LINK_CACHE: "cache" }), resolve("cache"));
  });

  it("is otherwise a folder of its own in the user's cache", () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/xdg", HOME: "/home/me" }), join(resolve("/xdg"), "pulumi-mi-link"));
    assert.equal(cacheFolder({ HOME: "/home/me" }), join("/home/me", ".cache", "pulumi-mi-link"));
    assert.equal(cacheFolder({}), join(homedir(), ".cache", "pulumi-mi-link"));
  });

  it("is not taken from variables that are set but empty", () => {
    const env = { PULUMI_MI_LINK_CACHE: "", XDG_CACHE_HOME: "", HOME: "/home/me" };
    assert.equal(cacheFolder(env), join("/home/me", ".cache", "pulumi-mi-link"));
  });
});
