import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ready } from "#lab/index";
import type { AzureClient, AzureSession, Operation } from "../client";
import { libraryFolder, unpackDebianPackages } from "../debian";
import { installFromPypi, pythonOf } from "../python";
import { placeOf } from "./place";

type Parameters = AzureClient["parameters"];

const debianPackages = ["azure-cli=2.45.0-1"];
const debianPython = "/usr/bin/python3";

/** A version from the time of the procedure, which still has its names of parameters. */
export const azureCli2023: AzureClient = {
  kind: "azure",
  name: "Azure CLI",
  version: "2.45.0",
  parameters: "old",
  needs: ["apt-get", "dpkg-deb", debianPython],
  recipe: debianPackages,
  install: (folder) => unpackDebianPackages(debianPackages, folder),
  open: (folder, ready) =>
    openCli(debianPython, ready, "old", {
      PYTHONPATH: join(folder, "usr", "lib", "python3", "dist-packages"),
      LD_LIBRARY_PATH: libraryFolder(folder),
    }),
};

export const azureCli: AzureClient = {
  kind: "azure",
  name: "Azure CLI",
  version: "2.91.0",
  parameters: "new",
  linksSeveral: {
    create: ({ name, sqlServerGroup, instanceGroup, databases, endpoint }) => [
      ...["sql", "mi", "link", "create", "--name", name, "--partner-ag-name", sqlServerGroup],
      ...["--instance-ag-name", instanceGroup, "--databases", listOf(databases), "--partner-endpoint", endpoint],
      ...["--instance-link-role", "Secondary", "--failover-mode", "Manual", "--seeding-mode", "Automatic"],
      ...["--link-mode", "MultiDatabase"],
    ],
    update: (name, databases) => ["sql", "mi", "link", "update", "--name", name, "--databases", listOf(databases)],
  },
  needs: ["python3"],
  recipe: ["azure-cli==2.91.0"],
  install: (folder) => installFromPypi(folder, ["azure-cli==2.91.0"]),
  // An authority that Microsoft does not know is looked up with Microsoft, unless this says no.
  open: (folder, ready) => openCli(pythonOf(folder), ready, "new", { AZURE_CORE_INSTANCE_DISCOVERY: "false" }),
};

async function openCli(
  python: string,
  ready: Ready,
  parameters: Parameters,
  variables: Readonly<Record<string, string>>,
): Promise<AzureSession> {
  const configuration = await mkdtemp(join(tmpdir(), "mi-link-az-"));
  const env = {
    AZURE_CONFIG_DIR: configuration,
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    AZURE_CORE_ONLY_SHOW_ERRORS: "true",
    REQUESTS_CA_BUNDLE: ready.caFile,
    ...variables,
  };
  const { group, instance } = placeOf(ready);
  return {
    async command(words) {
      const printed = await az(python, [...words, "--instance-name", instance, "--resource-group", group], env);
      return printed.trim() === "" ? undefined : JSON.parse(printed);
    },
    async call(operation) {
      let printed = "";
      for (const args of commandsOf(operation, ready, parameters)) printed = await az(python, args, env);
      return printed.trim() === "" ? undefined : JSON.parse(printed);
    },
    close: () => rm(configuration, { recursive: true, force: true }),
  };
}

const listOf = (databases: readonly string[]) => `[${databases.map((name) => `{database-name:${name}}`).join(",")}]`;

/** The procedure's own commands, and those like them. */
function commandsOf(operation: Operation, ready: Ready, parameters: Parameters): readonly (readonly string[])[] {
  const { group, instance } = placeOf(ready);
  const at = ["--instance-name", instance, "--resource-group", group];
  switch (operation.do) {
    case "sign in":
      return signIn(ready, parameters);
    case "show instance":
      return [["sql", "mi", "show", "--name", instance, "--resource-group", group]];
    case "create certificate":
      return [
        [
          "sql",
          "mi",
          "partner-cert",
          "create",
          "--certificate-name",
          operation.name,
          ...at,
          "--public-blob",
          operation.blob,
        ],
      ];
    case "show certificate":
      return [["sql", "mi", "partner-cert", "show", "--certificate-name", operation.name, ...at]];
    case "list certificates":
      return [["sql", "mi", "partner-cert", "list", ...at]];
    case "delete certificate":
      return [["sql", "mi", "partner-cert", "delete", "--certificate-name", operation.name, ...at, "--yes"]];
    case "show endpoint certificate":
      return [["sql", "mi", "endpoint-cert", "show", ...at, "--endpoint-type", operation.type]];
    case "list endpoint certificates":
      return [["sql", "mi", "endpoint-cert", "list", ...at]];
    case "create link":
      return [["sql", "mi", "link", "create", ...at, ...linkParameters(operation, parameters)]];
    case "show link":
      return [["sql", "mi", "link", "show", ...at, "--name", operation.name]];
    case "list links":
      return [["sql", "mi", "link", "list", ...at]];
    case "update link":
      return [
        [
          "sql",
          "mi",
          "link",
          "update",
          ...at,
          "--name",
          operation.name,
          "--replication-mode",
          operation.replicationMode,
        ],
      ];
    case "delete link":
      return [["sql", "mi", "link", "delete", ...at, "--name", operation.name, "--yes"]];
  }
}

function linkParameters(
  { name, sqlServerGroup, instanceGroup, database, endpoint }: Extract<Operation, { do: "create link" }>,
  parameters: Parameters,
): readonly string[] {
  if (parameters === "old")
    return [
      ...["--distributed-availability-group-name", name, "--primary-ag", sqlServerGroup],
      ...["--secondary-ag", instanceGroup, "--target-database", database, "--source-endpoint", endpoint],
    ];
  return [
    ...["--name", name, "--partner-ag-name", sqlServerGroup, "--instance-ag-name", instanceGroup],
    ...["--databases", listOf([database]), "--partner-endpoint", endpoint],
    ...["--instance-link-role", "Secondary", "--failover-mode", "Manual", "--seeding-mode", "Automatic"],
  ];
}

function signIn({ arm }: Ready, parameters: Parameters): readonly (readonly string[])[] {
  const register = ["cloud", "register", "--name", "lab", "--endpoint-resource-manager", arm.endpoint];
  // Before 2023 the CLI trusted no authority but Microsoft's, and AD FS.
  const authority = ["--endpoint-active-directory", `${arm.authority}/adfs`];
  const audiences = ["active-directory-resource-id", "active-directory-graph-resource-id", "management"];
  const rest = audiences.flatMap((name) => [`--endpoint-${name}`, arm.endpoint]);
  const credentials = ["--username", arm.clientId, `--password=${arm.clientSecret}`, "--tenant", arm.tenantId];
  return [
    parameters === "old" ? [...register, ...authority, ...rest] : register,
    ["cloud", "set", "--name", "lab"],
    ["login", "--service-principal", ...credentials],
  ];
}

function az(python: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-m", "azure.cli", ...args, "--output", "json"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 300_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`az ${args.slice(0, 4).join(" ")} ended with ${code}: ${stderr.trim().slice(-1000)}`));
    });
  });
}
