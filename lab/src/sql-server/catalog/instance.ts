import { cpus, totalmem } from "node:os";
import { knownMessages } from "../../tsql/messages";
import { int, type SqlValue } from "../../tsql/types";
import { settings } from "../configuration";
import type { Instance } from "../model";
import type { Server } from "../server";
import { type Row, serverState, type View, view } from "./view";

const number = (value: number): SqlValue => ({ type: int, value });

function configurationRows(instance: Instance): Row[] {
  return settings.map((setting) => {
    const value = setting.name === "Agent XPs" ? Number(instance.isAgentRunning) : setting.value;
    return {
      configuration_id: setting.id,
      name: setting.name,
      value: number(value),
      minimum: number(setting.minimum),
      maximum: number(setting.maximum),
      value_in_use: number(value),
      description: setting.name,
      is_dynamic: setting.isDynamic,
      is_advanced: setting.isAdvanced,
    };
  });
}

/** sys.servers shows the instance itself with id 0, unless sp_dropserver took it away. */
function serverRows({ instance, clock }: Server): Row[] {
  if (instance.localServer === null) return [];
  const installed = instance.databases.get("master")?.created ?? clock.now();
  return [{ name: instance.localServer, data_source: instance.localServer, modify_date: installed }];
}

const kilobytes = (bytes: number): bigint => BigInt(Math.floor(bytes / 1024));

/** The row about the machine and the process, as far as a lab has one. */
function systemRow({ instance, clock }: Server): Row {
  const count = cpus().length;
  const memory = kilobytes(totalmem());
  const up = BigInt(Math.max(0, clock.now().getTime() - instance.startTime.getTime()));
  return {
    cpu_ticks: up * 2_000_000n,
    ms_ticks: up,
    cpu_count: count,
    hyperthread_ratio: count,
    physical_memory_kb: memory,
    virtual_memory_kb: 137_438_953_344n,
    committed_kb: kilobytes(process.memoryUsage().rss),
    committed_target_kb: memory,
    visible_target_kb: memory,
    os_quantum: 4n,
    scheduler_count: count,
    scheduler_total_count: count + 10,
    sqlserver_start_time: instance.startTime,
    cores_per_socket: count,
  };
}

const hostRow = ({ instance: { isOnWindows } }: Server): Row =>
  isOnWindows
    ? { host_platform: "Windows", host_distribution: "Windows Server 2022 Standard", host_release: "10.0", host_sku: 7 }
    : { host_platform: "Linux", host_distribution: "Ubuntu", host_release: "22.04" };

export const instanceViews: readonly View[] = [
  view(
    "configurations",
    `configuration_id int NOT NULL, name nvarchar(35) NOT NULL, value sql_variant, minimum sql_variant,
    maximum sql_variant, value_in_use sql_variant, description nvarchar(255) NOT NULL, is_dynamic bit NOT NULL,
    is_advanced bit NOT NULL`,
    ({ instance }) => configurationRows(instance),
  ),
  view(
    "servers",
    `server_id int NOT NULL, name sysname NOT NULL, product sysname NOT NULL = 'SQL Server',
    provider sysname NOT NULL = 'SQLNCLI', data_source nvarchar(4000), location nvarchar(4000),
    provider_string nvarchar(4000), catalog sysname, connect_timeout int = 0, query_timeout int = 0,
    is_linked bit NOT NULL, is_remote_login_enabled bit NOT NULL = 1, is_rpc_out_enabled bit NOT NULL = 1,
    is_data_access_enabled bit NOT NULL, is_collation_compatible bit NOT NULL, uses_remote_collation bit NOT NULL = 1,
    collation_name sysname, lazy_schema_validation bit NOT NULL, is_system bit NOT NULL, is_publisher bit NOT NULL,
    is_subscriber bit = 0, is_distributor bit = 0, is_nonsql_subscriber bit = 0,
    is_remote_proc_transaction_promotion_enabled bit = 0, modify_date datetime NOT NULL, is_rda_server bit = 0`,
    serverRows,
  ),
  // The messages that the lab raises; the server has some fifteen thousand, in 22 languages.
  view(
    "messages",
    `message_id int NOT NULL, language_id smallint NOT NULL = 1033, severity tinyint, is_event_logged bit NOT NULL,
    text nvarchar(2048) NOT NULL`,
    () =>
      knownMessages().map(({ number: message_id, severity, text }) => ({
        message_id,
        severity,
        is_event_logged: Number(severity >= 19),
        text,
      })),
  ),
  view(
    "dm_os_host_info",
    `host_platform nvarchar(256) NOT NULL, host_distribution nvarchar(256) NOT NULL, host_release nvarchar(256) NOT NULL,
    host_service_pack_level nvarchar(256) NOT NULL, host_sku int NOT NULL, os_language_version int NOT NULL,
    host_architecture nvarchar(256) NOT NULL = 'X64'`,
    (server) => [hostRow(server)],
    ({ majorVersion }) => majorVersion >= 2017,
  ),
  view(
    "dm_os_sys_info",
    `cpu_ticks bigint NOT NULL, ms_ticks bigint NOT NULL, cpu_count int NOT NULL, hyperthread_ratio int NOT NULL,
    physical_memory_kb bigint NOT NULL, virtual_memory_kb bigint NOT NULL, committed_kb bigint NOT NULL,
    committed_target_kb bigint NOT NULL, visible_target_kb bigint NOT NULL, stack_size_in_bytes int NOT NULL = 2093056,
    os_quantum bigint NOT NULL, os_error_mode int NOT NULL = 5, os_priority_class int = 32,
    max_workers_count int NOT NULL = 512, scheduler_count int NOT NULL, scheduler_total_count int NOT NULL,
    deadlock_monitor_serial_number int NOT NULL, sqlserver_start_time_ms_ticks bigint NOT NULL,
    sqlserver_start_time datetime NOT NULL, affinity_type int CODED = 2 'AUTO', process_kernel_time_ms bigint NOT NULL,
    process_user_time_ms bigint NOT NULL, time_source int CODED = 0 'QUERY_PERFORMANCE_COUNTER',
    virtual_machine_type int CODED = 1 'HYPERVISOR', softnuma_configuration int CODED = 0 'OFF',
    process_physical_affinity nvarchar(3072) NOT NULL = '{{0,3}}', sql_memory_model int CODED = 1 'CONVENTIONAL',
    socket_count int NOT NULL = 1, cores_per_socket int NOT NULL, numa_node_count int NOT NULL = 1,
    container_type int CODED = 0 'NONE' SINCE 2019`,
    serverState((server) => [systemRow(server)]),
  ),
];
