import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "#tools/setup/cache";
import { ensurePackages } from "#tools/setup/install";
import { repositoryRoot } from "./repository";

const ownPackage = "pulumi-mi-link";

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, Partial<Package>>>;
}

const readJson = async <Shape>(...path: string[]): Promise<Shape> => JSON.parse(await readFile(join(...path), "utf8"));

/**
 * An example that is no workspace, as a user has it: a folder with the packages of its lock file, and among them our own,
 * as it is compiled here. The packages are kept in the cache; `remove` takes away the rest.
 */
export async function installExample(name: string): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const example = join(repositoryRoot, "examples", name);
  const provider = join(repositoryRoot, "provider");
  const wanted = await readJson<Package>(example, "package.json");
  const { packages, ...lock } = await readJson<Lock>(example, "package-lock.json");
  const own = await readJson<Package>(provider, "package.json");
  // No registry has our own package yet: what it asks for is asked for in its place.
  const { [ownPackage]: _, ...published } = wanted.dependencies;
  const dependencies = { ...published, ...own.dependencies };
  const { [`node_modules/${ownPackage}`]: _own, "": root, ...others } = packages;
  const installed = JSON.stringify({ ...lock, packages: { "": { ...root, dependencies }, ...others } });

  const version = createHash("sha256").update(installed).digest("hex").slice(0, 10);
  const folder = join(cacheFolder(), "examples", `${name}-${version}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...wanted, dependencies }));
  await writeFile(join(folder, "package-lock.json"), installed);
  await ensurePackages(folder, cacheFolder(), process.env);

  const directory = await mkdtemp(join(folder, "run-"));
  await cp(example, directory, { recursive: true });
  const ownFolder = join(directory, "node_modules", ownPackage);
  await cp(join(provider, "package.json"), join(ownFolder, "package.json"));
  await cp(join(provider, "dist"), join(ownFolder, "dist"), { recursive: true });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
