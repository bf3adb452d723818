import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Variables } from "../arguments/settings";

type Environment = Readonly<Partial<Record<keyof Variables, string>>>;

/**
 * Where the state of the stack is kept, as the engine looks for it: PULUMI_BACKEND_URL, the project's `backend.url`, the
 * login. With the machine's name where it is a folder, which has the same name on every machine: there the query only says
 * how it is written. Login data are left out; elsewhere a hash stands for the query.
 */
export function backendOf(env: Environment = process.env, directory = process.cwd()): string {
  const url = env.PULUMI_BACKEND_URL || backendOfProject(directory) || backendOfLogin(env);
  if (!url) return `an unknown place on ${hostname()}`;
  const [place = "", query] = url.replace(/\/\/[^/]*@/, "//").split("?");
  if (url.startsWith("file:")) return `${place} on ${hostname()}`;
  return query === undefined ? place : `${place}?${createHash("sha256").update(query).digest("hex").slice(0, 8)}`;
}

function backendOfProject(directory: string): string | undefined {
  const text = textOf(join(directory, "Pulumi.yaml")) ?? textOf(join(directory, "Pulumi.yml"));
  if (text !== undefined) return /^backend:\s*\n\s+url:\s*["']?([^"'\s]+)/m.exec(text)?.[1];
  const parent = dirname(directory);
  return parent === directory ? undefined : backendOfProject(parent);
}

function backendOfLogin(env: Environment): string | undefined {
  const text = textOf(join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json"));
  try {
    const { current } = JSON.parse(text ?? "{}");
    return typeof current === "string" ? current : undefined;
  } catch {
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
