import type { Typed } from "../tsql/types";
import { int, nvarchar } from "../tsql/types";
import { editionOf } from "./editions";
import type { Instance } from "./model";

const text = (value: string): Typed => ({ type: nvarchar(256), value });

/** @@SERVERNAME and others that tell of the instance; the language itself has those of a session. */
export function globalVariable(instance: Instance, name: string): Typed | undefined {
  return Object.hasOwn(variables, name) ? variables[name]?.(instance) : undefined;
}

const variables: Readonly<Record<string, (instance: Instance) => Typed>> = {
  "@@SERVERNAME": ({ serverName }) => ({ type: nvarchar(128), value: serverName }),
  "@@SERVICENAME": ({ name }) => text(name.split("\\")[1] ?? "MSSQLSERVER"),
  "@@VERSION": (instance) => ({ type: nvarchar(300), value: versionText(instance) }),
  "@@LANGUAGE": () => text("us_english"),
  "@@LANGID": () => ({ type: { name: "smallint" }, value: 0 }),
  "@@MAX_PRECISION": () => ({ type: { name: "tinyint" }, value: 38 }),
  "@@MICROSOFTVERSION": ({ version }) => ({ type: int, value: packed(version) }),
};

function packed(version: string): number {
  const [major = 0, , build = 0] = version.split(".").map(Number);
  return (major << 24) | build;
}

function versionText(instance: Instance): string {
  const { kind, majorVersion, version, isOnWindows } = instance;
  if (kind === "managedInstance")
    return "Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tCopyright (C) 2024 Microsoft Corporation\n";
  const platform = isOnWindows ? "Windows Server 2022 Standard 10.0 <X64>" : "Linux (Ubuntu 22.04) <X64>";
  return `Microsoft SQL Server ${majorVersion} - ${version} (X64) \n\tCopyright (C) ${majorVersion} Microsoft Corporation\n\t${editionOf(instance).text} on ${platform}`;
}
