import { cpus, totalmem } from "node:os";
import type { Session } from "../../tsql/host";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";
import { partnersOf } from "./replica-states";

const stateOf =
  (rows: (server: Server) => Iterable<DeclaredRow>) =>
  (server: Server, session: Session): Iterable<DeclaredRow> => {
    requireServerState(server, session);
    return rows(server);
  };

const kilobytes = (bytes: number): bigint => BigInt(Math.floor(bytes / 1024));

export const systemInformation = declareView(
  `cpu_ticks bigint NOT NULL, ms_ticks bigint NOT NULL, cpu_count int NOT NULL, hyperthread_ratio int NOT NULL,
  physical_memory_kb bigint NOT NULL, virtual_memory_kb bigint NOT NULL, committed_kb bigint NOT NULL,
  committed_target_kb bigint NOT NULL, visible_target_kb bigint NOT NULL, stack_size_in_bytes int NOT NULL,
  os_quantum bigint NOT NULL, os_error_mode int NOT NULL, os_priority_class int, max_workers_count int NOT NULL,
  scheduler_count int NOT NULL, scheduler_total_count int NOT NULL, deadlock_monitor_serial_number int NOT NULL,
  sqlserver_start_time_ms_ticks bigint NOT NULL, sqlserver_start_time datetime NOT NULL, affinity_type int NOT NULL,
  affinity_type_desc nvarchar(60) NOT NULL, process_kernel_time_ms bigint NOT NULL, process_user_time_ms bigint NOT NULL,
  time_source int NOT NULL, time_source_desc nvarchar(60) NOT NULL, virtual_machine_type int NOT NULL,
  virtual_machine_type_desc nvarchar(60) NOT NULL, softnuma_configuration int NOT NULL,
  softnuma_configuration_desc nvarchar(60) NOT NULL, process_physical_affinity nvarchar(3072) NOT NULL,
  sql_memory_model int NOT NULL, sql_memory_model_desc nvarchar(60) NOT NULL, socket_count int NOT NULL,
  cores_per_socket int NOT NULL, numa_node_count int NOT NULL, container_type int SINCE 2019,
  container_type_desc nvarchar(60) SINCE 2019`,
  stateOf(({ instance, clock }) => {
    const count = cpus().length;
    const up = BigInt(Math.max(0, clock.now().getTime() - instance.startTime.getTime()));
    return [
      {
        cpu_ticks: up * 2_000_000n,
        ms_ticks: up,
        cpu_count: count,
        hyperthread_ratio: count,
        physical_memory_kb: kilobytes(totalmem()),
        virtual_memory_kb: 137_438_953_344n,
        committed_kb: kilobytes(process.memoryUsage().rss),
        committed_target_kb: kilobytes(totalmem()),
        visible_target_kb: kilobytes(totalmem()),
        stack_size_in_bytes: 2_093_056,
        os_quantum: 4n,
        os_error_mode: 5,
        os_priority_class: 32,
        max_workers_count: 512,
        scheduler_count: count,
        scheduler_total_count: count + 10,
        sqlserver_start_time: instance.startTime,
        affinity_type: 2,
        affinity_type_desc: "AUTO",
        time_source_desc: "QUERY_PERFORMANCE_COUNTER",
        virtual_machine_type: 1,
        virtual_machine_type_desc: "HYPERVISOR",
        softnuma_configuration_desc: "OFF",
        process_physical_affinity: "{{0,3}}",
        sql_memory_model: 1,
        sql_memory_model_desc: "CONVENTIONAL",
        socket_count: 1,
        cores_per_socket: count,
        numa_node_count: 1,
        container_type: 0,
        container_type_desc: "NONE",
      },
    ];
  }),
);

/** PERF_COUNTER_LARGE_RAWCOUNT, a value as it is, and PERF_COUNTER_BULK_COUNT, one that grows. */
const rawCount = 65792;

const padded = (text: string): string => text.padEnd(128);

/** The counters by which a link is watched; the server has some two thousand. */
function* counters(server: Server): Iterable<DeclaredRow> {
  const { instance, sessions } = server;
  const prefix = instance.name.includes("\\") ? `MSSQL$${instance.name.split("\\")[1]}` : "SQLServer";
  const counter = (object: string, name: string, of: string, value: bigint): DeclaredRow => ({
    object_name: padded(`${prefix}:${object}`),
    counter_name: padded(name),
    instance_name: padded(of),
    cntr_value: value,
    cntr_type: rawCount,
  });
  yield counter("General Statistics", "User Connections", "", BigInt(sessions.size));
  const transactions = [...sessions.values()].filter(({ session }) => session.transactionCount > 0).length;
  yield counter("Transactions", "Transactions", "", BigInt(transactions));
  for (const { databases } of partnersOf(server).values()) {
    for (const { name, position } of databases) {
      const queues = { "Log Send Queue": position?.sendQueueBytes, "Recovery Queue": position?.redoQueueBytes };
      for (const [queue, bytes = 0] of Object.entries(queues))
        yield counter("Database Replica", queue, name, BigInt(Math.ceil(bytes / 1024)));
    }
  }
}

export const performanceCounters = declareView(
  `object_name nchar(128) NOT NULL, counter_name nchar(128) NOT NULL, instance_name nchar(128),
  cntr_value bigint NOT NULL, cntr_type int NOT NULL`,
  stateOf(counters),
);

/** Nothing of the lab waits but for the network: the types that links are watched by, and no time. */
const waits = [
  "HADR_SYNC_COMMIT",
  "HADR_LOGCAPTURE_WAIT",
  "HADR_WORK_QUEUE",
  "ASYNC_NETWORK_IO",
  "WRITELOG",
  "LCK_M_X",
];

export const waitStatistics = declareView(
  `wait_type nvarchar(60) NOT NULL, waiting_tasks_count bigint NOT NULL, wait_time_ms bigint NOT NULL,
  max_wait_time_ms bigint NOT NULL, signal_wait_time_ms bigint NOT NULL`,
  stateOf(() => waits.map((type) => ({ wait_type: type }))),
);

export const windowsInformation = declareView(
  `windows_release nvarchar(256) NOT NULL, windows_service_pack_level nvarchar(256) NOT NULL, windows_sku int,
  os_language_version int NOT NULL`,
  stateOf(({ instance }) =>
    instance.majorVersion === 2016 ? [{ windows_release: "10.0", windows_sku: 7, os_language_version: 1033 }] : [],
  ),
);

export const systemMemory = declareView(
  `total_physical_memory_kb bigint NOT NULL, available_physical_memory_kb bigint NOT NULL,
  total_page_file_kb bigint NOT NULL, available_page_file_kb bigint NOT NULL, system_cache_kb bigint NOT NULL,
  kernel_paged_pool_kb bigint NOT NULL, kernel_nonpaged_pool_kb bigint NOT NULL,
  system_high_memory_signal_state bit NOT NULL, system_low_memory_signal_state bit NOT NULL,
  system_memory_state_desc nvarchar(256) NOT NULL`,
  stateOf(() => {
    const total = kilobytes(totalmem());
    return [
      {
        total_physical_memory_kb: total,
        available_physical_memory_kb: total / 2n,
        total_page_file_kb: total,
        available_page_file_kb: total / 2n,
        system_high_memory_signal_state: 1,
        system_memory_state_desc: "Available physical memory is high",
      },
    ];
  }),
);

export const services = declareView(
  `servicename nvarchar(256) NOT NULL, startup_type int, startup_type_desc nvarchar(256) NOT NULL, status int,
  status_desc nvarchar(256) NOT NULL, process_id int, last_startup_time datetime2(7), service_account nvarchar(256) NOT NULL,
  filename nvarchar(256) NOT NULL, is_clustered nvarchar(1) NOT NULL, cluster_nodename nvarchar(256),
  instant_file_initialization_enabled nvarchar(1) NOT NULL`,
  stateOf(({ instance }) => [
    {
      servicename: "SQL Server (MSSQLSERVER)",
      startup_type: 2,
      startup_type_desc: "Automatic",
      status: 4,
      status_desc: "Running",
      process_id: process.pid,
      last_startup_time: instance.startTime,
      service_account: "mssql",
      filename: "/opt/mssql/bin/sqlservr",
      is_clustered: "N",
      instant_file_initialization_enabled: "Y",
    },
  ]),
);
