import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "mi-link-tools/setup/cache";
import { withLock } from "mi-link-tools/setup/lock";
import { run } from "./run";

let lists: Promise<void> | undefined;

/**
 * Fetches packages, with what they depend on and the machine lacks, and unpacks them: nothing is installed on the
 * machine, and its own package lists stay as they are.
 */
export async function unpackDebianPackages(packages: readonly string[], folder: string): Promise<void> {
  const shared = join(cacheFolder(), "clients", "debian-lists");
  const archives = join(folder, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(shared, "partial"), { recursive: true });
  const options = [
    ...["-o", `Dir::State::lists=${shared}`, "-o", `Dir::Cache::archives=${archives}`],
    ...["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "Debug::NoLocking=1"],
  ];
  lists ??= withLock(`${shared}.lock`, () => run("apt-get", [...options, "update"]));
  await lists;
  const what = ["install", "--download-only", "--reinstall", "--no-install-recommends", "-y", ...packages];
  await run("apt-get", [...options, ...what]);
  for (const archive of (await readdir(archives)).filter((name) => name.endsWith(".deb")))
    await run("dpkg-deb", ["-x", join(archives, archive), folder]);
  await rm(archives, { recursive: true });
}

/** The folder in which Debian puts the libraries of this kind of machine. */
export function libraryFolder(folder: string): string {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return join(folder, "usr", "lib", `${machine}-linux-gnu`);
}
