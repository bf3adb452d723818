import { readFileSync } from "node:fs";
import type { Ready } from "#lab/index";
import { createArm } from "../../tests/managed-instance/arm-client";
import type { AzureSession } from "../client";

const version = "api-version=2022-02-01-preview";

/** Azure's part of the procedure where a SQL client is judged: three requests, as the procedure's commands send them. */
export function ownAzure(ready: Ready): AzureSession {
  const [instance] = ready.managedInstances;
  const arm = createArm({ ...ready.arm, ca: readFileSync(ready.caFile, "utf8") });
  const put = async (path: string, properties: object) => {
    const sent = await arm.send("PUT", `${instance?.id}/${path}?${version}`, { properties });
    const { body } = sent.status === 202 ? await arm.finish(sent) : sent;
    if (body.error) throw new Error(JSON.stringify(body.error));
  };
  return {
    async call(operation) {
      switch (operation.do) {
        case "create certificate":
          return put(`serverTrustCertificates/${operation.name}`, { publicBlob: operation.blob });
        case "show endpoint certificate": {
          const { body } = await arm.send("GET", `${instance?.id}/endpointCertificates/${operation.type}?${version}`);
          return body;
        }
        case "create link":
          return put(`distributedAvailabilityGroups/${operation.name}`, {
            primaryAvailabilityGroupName: operation.sqlServerGroup,
            secondaryAvailabilityGroupName: operation.instanceGroup,
            targetDatabase: operation.database,
            sourceEndpoint: operation.endpoint,
          });
        default:
          throw new Error(`the procedure does not ${operation.do}`);
      }
    },
    close: async () => undefined,
  };
}
