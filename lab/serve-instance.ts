import type { Faults } from "./faults/faults";
import type { Journal } from "./journal";
import type { Clock, Network } from "./network";
import { createBackend } from "./sql-server/backend";
import type { Instance } from "./sql-server/model";
import { listen } from "./tds/listener";

export interface InstanceAround {
  readonly instance: Instance;
  readonly network: Network;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tls: { readonly key: string; readonly cert: string };
}

export interface RunningInstance {
  close(): Promise<void>;
}

/** One instance on its address: TDS on its port, and whatever its mirroring endpoint says. */
export async function serveInstance({ tls, ...around }: InstanceAround): Promise<RunningInstance> {
  const backend = createBackend(around);
  const listener = await listen({ backend, host: around.instance.address, port: around.instance.tdsPort, tls });
  return {
    async close() {
      await listener.close();
      await backend.close();
    },
  };
}
