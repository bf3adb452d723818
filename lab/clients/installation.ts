import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { cacheFolder } from "mi-link-tools/setup/cache";
import { withLock } from "mi-link-tools/setup/lock";
import { withProgress } from "mi-link-tools/setup/progress";
import type { Client } from "./client";

/** The folder of a client, or the reason why it cannot be had. */
export type Installation = { readonly folder: string } | { readonly reason: string };

/** Each version, made in this way, has a folder of its own outside of all checkouts. */
function folderOf({ name, version, recipe }: Client): string {
  const sources = recipe.map((part) => (existsSync(part) ? readFileSync(part, "utf8") : part));
  const made = createHash("sha256").update(sources.join("\0")).digest("hex").slice(0, 10);
  return join(cacheFolder(), "clients", `${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${version}-${made}`);
}

/** This file is written last, so that an installation that broke off has none. */
const completed = (folder: string) => join(folder, ".installed");

export function findInstallation(client: Client): string | undefined {
  const folder = folderOf(client);
  return !client.install || existsSync(completed(folder)) ? folder : undefined;
}

export async function ensureInstallation(client: Client): Promise<Installation> {
  const found = findInstallation(client);
  if (found !== undefined) return { folder: found };
  const missing = client.needs.filter((command) => !isOnPath(command));
  if (missing.length > 0) return { reason: `this machine has no ${missing.join(", ")}` };
  const folder = folderOf(client);
  try {
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(completed(folder))) return;
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await withProgress(`clients: installing ${client.name} ${client.version}`, async () => client.install?.(folder));
      await writeFile(completed(folder), "");
    });
    return { folder };
  } catch (error) {
    return { reason: `installation failed: ${error instanceof Error ? error.message : error}` };
  }
}

function isOnPath(command: string): boolean {
  if (command.startsWith("/")) return existsSync(command);
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}
