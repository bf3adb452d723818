import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runQuietly, SetupError } from "../setup/child.mjs";
import { withProgress } from "../setup/progress.mjs";
import { builtEngineFolder, engineVersion } from "./find.mjs";

/** @param {string} root */
const moduleIn = (root) => join(root, "tools", "engine", "module");
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * Below the priority of what goes on at the same time: tests that do not need the engine.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
async function go(args, cwd) {
  const { code, output } = await runQuietly("nice", ["go", ...args], {
    cwd,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  if (code !== 0) throw new SetupError(`go ${args[0]} failed with exit code ${code}.\n${output}`);
}

/**
 * Builds the program that runs those in Node.js, where it is missing or was made from something else.
 * @param {string} target
 * @param {string} root
 */
export async function buildLanguageHost(target, root) {
  const module = moduleIn(root);
  const sources = ["go.mod", "go.sum", join("language-host", "main.go")];
  const hash = createHash("sha256");
  for (const name of sources) hash.update(await readFile(join(module, name)));
  const source = hash.digest("hex");
  const record = `${target}.made-from`;
  const made = async () => `${source} ${(await stat(target)).size}`;
  const [recorded, present] = await Promise.all([readFile(record, "utf8"), made()]).catch(() => []);
  if (recorded !== undefined && recorded === present) return;
  // Moved into place in one step, so that a run going on at the same time never sees half of it.
  const temporary = `${target}.${process.pid}`;
  await withProgress("engine: building its language host", () =>
    go(["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", temporary, "./language-host"], module),
  );
  await rename(temporary, target);
  await writeFile(record, await made());
}

/**
 * Builds the engine from Go modules, whose sums tools/engine/module/go.sum holds. It is built aside and moved into
 * place when it is complete, so that an interrupted build is never taken for an engine.
 * @param {string} cache
 * @param {string} root
 */
export async function buildEngine(cache, root) {
  const { code } = await runQuietly("go", ["version"]);
  if (code !== 0) {
    throw new SetupError(
      `Pulumi's engine could be neither found nor downloaded, and building it needs Go, which is not installed.\n` +
        "Either install the Pulumi CLI (https://www.pulumi.com/docs/install/) or Go 1.25 or newer (https://go.dev/dl/), " +
        "put it on PATH and run this again.",
    );
  }
  const target = builtEngineFolder(cache);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  // The caller holds the lock, so what lies here was left by a build that was interrupted.
  const leftovers = (await readdir(parent)).filter((name) => name.startsWith(".building-"));
  for (const name of leftovers) await rm(join(parent, name), { recursive: true, force: true });

  const aside = join(parent, `.building-${process.pid}`);
  await mkdir(join(aside, "bin"), { recursive: true });
  for (const name of ["go.mod", "go.sum"]) await copyFile(join(moduleIn(root), name), join(aside, name));
  await withProgress(`engine: building Pulumi ${engineVersion} (about 5 minutes on 2 cores, once)`, () =>
    go(
      [
        "build",
        "-trimpath",
        "-buildvcs=false",
        ...["-tags", "osusergo"],
        ...["-ldflags", `-s -w -X ${versionVariable}=${engineVersion}`],
        ...["-o", join("bin", "pulumi")],
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ],
      aside,
    ),
  );
  await rm(target, { recursive: true, force: true });
  await rename(aside, target);
}
