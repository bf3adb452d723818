import type { Faults } from "./faults/faults";
import type { Journal } from "./journal";
import type { Clock, Network } from "./network";
import { createBackend } from "./sql-server/backend";
import type { Instance } from "./sql-server/model";
import { listen, type TdsListener } from "./tds/listener";

export interface InstanceAround {
  readonly instance: Instance;
  readonly network: Network;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tls: { readonly key: string; readonly cert: string };
}

export interface RunningInstance {
  readonly instance: Instance;
  /** Drops every connection, and takes no other one. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** One instance on its address: TDS on its port, and whatever its mirroring endpoint says. */
export async function serveInstance({ tls, ...around }: InstanceAround): Promise<RunningInstance> {
  const { instance } = around;
  const backend = createBackend(around);
  const open = () => listen({ backend, host: instance.address, port: instance.tdsPort, tls });
  let listener: TdsListener | undefined = await open();
  async function stop(): Promise<void> {
    const stopping = listener;
    listener = undefined;
    instance.isRunning = false;
    await stopping?.close();
    await backend.close();
  }
  return {
    instance,
    stop,
    async start() {
      if (listener) return;
      await backend.restart();
      listener = await open();
      instance.isRunning = true;
    },
    close: stop,
  };
}
