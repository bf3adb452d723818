import { join } from "node:path";
import type { Ready } from "#lab/index";
import type { AzureClient, AzureSession } from "../client";
import { converse } from "../conversation";
import { installFromPypi, pythonOf } from "../python";
import { run } from "../run";
import { program } from "../sql/session";
import { placeOf } from "./place";

const pythonPackages = ["azure-mgmt-sql==4.0.0", "azure-identity==1.27.0"];

/** Azure's SDK for Python, at the newest stable version of the API. */
export const azureMgmtSql: AzureClient = {
  kind: "azure",
  name: "azure-mgmt-sql",
  version: "4.0.0",
  parameters: "new",
  needs: ["python3"],
  recipe: pythonPackages,
  install: (folder) => installFromPypi(folder, pythonPackages),
  open: async (folder, ready) =>
    sessionOf(pythonOf(folder), [program("run_azure_mgmt_sql.py")], ready, {
      REQUESTS_CA_BUNDLE: ready.caFile,
      SSL_CERT_FILE: ready.caFile,
    }),
};

const nodePackages = ["@azure/arm-sql@10.0.0", "@azure/identity@4.13.1"];

/** Azure's SDK for JavaScript, which has the names of the link's parameters of before 2023. */
export const armSql: AzureClient = {
  kind: "azure",
  name: "@azure/arm-sql",
  version: "10.0.0",
  parameters: "old",
  needs: ["npm"],
  recipe: nodePackages,
  install: (folder) => run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...nodePackages]),
  open: async (folder, ready) =>
    sessionOf(process.execPath, [program("arm-sql.cjs")], ready, {
      LAB_FOLDER: join(folder, "node_modules"),
      NODE_EXTRA_CA_CERTS: ready.caFile,
    }),
};

function sessionOf(
  command: string,
  args: readonly string[],
  ready: Ready,
  variables: Readonly<Record<string, string>>,
): AzureSession {
  const { subscription, group, instance } = placeOf(ready);
  const { ask, close } = converse(command, args, {
    PYTHONDONTWRITEBYTECODE: "1",
    LAB_ENDPOINT: ready.arm.endpoint,
    LAB_TENANT: ready.arm.tenantId,
    LAB_CLIENT: ready.arm.clientId,
    LAB_SECRET: ready.arm.clientSecret,
    LAB_SUBSCRIPTION: subscription,
    LAB_GROUP: group,
    LAB_INSTANCE: instance,
    ...variables,
  });
  return {
    async call(operation) {
      const { result, error } = (await ask(JSON.stringify(operation))) as { result?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return result;
    },
    close,
  };
}
