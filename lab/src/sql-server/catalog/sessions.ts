import {
  deadlockPriority,
  firstDayOfWeek,
  isOptionOn,
  isolationLevels,
  lockTimeout,
  optionOf,
} from "../../tsql/data/session-options";
import type { Session } from "../../tsql/host";
import { hasPermission, serverStatePermission } from "../permissions";
import type { Server } from "../server";
import type { OpenSession } from "../sessions";
import { loginSid } from "./certificates";
import { waitedMilliseconds, waitResource, waitTypeOf } from "./locks";
import { type Row, serverState, type View, view } from "./view";

const levelNames: readonly (string | undefined)[] = isolationLevels;

/** SET options, as sys.dm_exec_sessions and sys.dm_exec_requests share them. */
const optionColumns = `text_size int NOT NULL, language nvarchar(128), date_format nvarchar(3),
  date_first smallint NOT NULL, quoted_identifier bit NOT NULL, arithabort bit NOT NULL, ansi_null_dflt_on bit NOT NULL,
  ansi_defaults bit NOT NULL, ansi_warnings bit NOT NULL, ansi_padding bit NOT NULL, ansi_nulls bit NOT NULL,
  concat_null_yields_null bit NOT NULL, transaction_isolation_level smallint NOT NULL, lock_timeout int NOT NULL,
  deadlock_priority int NOT NULL, row_count bigint NOT NULL, prev_error int NOT NULL`;

function optionsOf({ session }: OpenSession): Row {
  const isOn = (option: string) => Number(isOptionOn(session, option));
  return {
    text_size: Number(optionOf(session, "TEXTSIZE")),
    language: optionOf(session, "LANGUAGE").toLowerCase(),
    date_format: optionOf(session, "DATEFORMAT").toLowerCase(),
    date_first: firstDayOfWeek(session),
    quoted_identifier: isOn("QUOTED_IDENTIFIER"),
    arithabort: isOn("ARITHABORT"),
    ansi_null_dflt_on: isOn("ANSI_NULL_DFLT_ON"),
    ansi_defaults: isOn("ANSI_DEFAULTS"),
    ansi_warnings: isOn("ANSI_WARNINGS"),
    ansi_padding: isOn("ANSI_PADDING"),
    ansi_nulls: isOn("ANSI_NULLS"),
    concat_null_yields_null: isOn("CONCAT_NULL_YIELDS_NULL"),
    transaction_isolation_level: levelNames.indexOf(optionOf(session, "TRANSACTION ISOLATION LEVEL")),
    lock_timeout: lockTimeout(session),
    deadlock_priority: deadlockPriority(session),
  };
}

/** The handle that sys.dm_exec_requests shows for the text that a session runs, or ran last. */
export const sqlHandle = (spid: number): Buffer =>
  Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from([spid >> 8, spid & 0xff]), Buffer.alloc(38)]);

const runs = ({ request }: OpenSession): boolean => request !== undefined && request.end === undefined;
const databaseId = ({ instance }: Server, { session }: OpenSession): number =>
  instance.databases.get(session.database.toLowerCase())?.id ?? 1;
const sidOf = ({ instance }: Server, { session }: OpenSession): Buffer =>
  loginSid(session.login, instance.logins.get(session.login.toLowerCase())?.principalId ?? 0);

/** The sessions that this one sees: without VIEW SERVER STATE only itself. */
function visible(server: Server, { spid, ...session }: Session): OpenSession[] {
  const all = [...server.sessions.values()].sort((one, other) => one.session.spid - other.session.spid);
  const maySeeAll = hasPermission(server, { spid, ...session }, serverStatePermission(server));
  return maySeeAll ? all : all.filter((open) => open.session.spid === spid);
}

export const sessionViews: readonly View[] = [
  view(
    "dm_exec_sessions",
    `session_id smallint NOT NULL, login_time datetime NOT NULL, host_name nvarchar(128), program_name nvarchar(128),
  host_process_id int, client_version int, client_interface_name nvarchar(32), security_id varbinary(85) NOT NULL,
  login_name nvarchar(128) NOT NULL, nt_domain nvarchar(128), nt_user_name nvarchar(128), status nvarchar(30) NOT NULL,
  context_info varbinary(128), cpu_time int NOT NULL, memory_usage int NOT NULL, total_scheduled_time int NOT NULL,
  total_elapsed_time int NOT NULL, endpoint_id int NOT NULL, last_request_start_time datetime NOT NULL,
  last_request_end_time datetime, reads bigint NOT NULL, writes bigint NOT NULL, logical_reads bigint NOT NULL,
  is_user_process bit NOT NULL, ${optionColumns}, original_security_id varbinary(85) NOT NULL,
  original_login_name nvarchar(128) NOT NULL, last_successful_logon datetime, last_unsuccessful_logon datetime,
  unsuccessful_logons bigint, group_id int NOT NULL, database_id smallint NOT NULL, authenticating_database_id int,
  open_transaction_count int NOT NULL, page_server_reads bigint NOT NULL SINCE 2019,
  contained_availability_group_id uniqueidentifier SINCE 2022`,
    (server, asking) =>
      visible(server, asking).map((open) => ({
        ...optionsOf(open),
        session_id: open.session.spid,
        login_time: open.connected,
        host_name: open.session.hostName,
        program_name: open.session.applicationName,
        host_process_id: open.client.processId ?? null,
        client_version: 7,
        security_id: sidOf(server, open),
        login_name: open.session.login,
        status: runs(open) ? "running" : "sleeping",
        memory_usage: 4,
        endpoint_id: 4,
        last_request_start_time: open.request?.start ?? open.connected,
        last_request_end_time: open.request?.end ?? (open.request ? null : open.connected),
        is_user_process: 1,
        original_security_id: sidOf(server, open),
        original_login_name: open.session.login,
        group_id: 2,
        database_id: databaseId(server, open),
        authenticating_database_id: 1,
        open_transaction_count: open.session.transactionCount,
      })),
  ),

  view(
    "dm_exec_connections",
    `session_id int, most_recent_session_id int, connect_time datetime NOT NULL, net_transport nvarchar(40) NOT NULL,
  protocol_type nvarchar(40), protocol_version int, endpoint_id int, encrypt_option nvarchar(40) NOT NULL,
  auth_scheme nvarchar(40) NOT NULL, node_affinity smallint NOT NULL, num_reads int, num_writes int, last_read datetime,
  last_write datetime, net_packet_size int, client_net_address nvarchar(48), client_tcp_port int,
  local_net_address nvarchar(48), local_tcp_port int, connection_id uniqueidentifier NOT NULL,
  parent_connection_id uniqueidentifier, most_recent_sql_handle varbinary(64)`,
    serverState((server, asking) =>
      visible(server, asking).map(({ session, connected, client, connectionId, request }) => ({
        session_id: session.spid,
        most_recent_session_id: session.spid,
        connect_time: connected,
        net_transport: "TCP",
        protocol_type: "TSQL",
        protocol_version: client.tdsVersion,
        endpoint_id: 4,
        encrypt_option: client.isEncrypted ? "TRUE" : "FALSE",
        auth_scheme: "SQL",
        last_read: request?.start ?? connected,
        last_write: request?.end ?? request?.start ?? connected,
        net_packet_size: client.packetSize,
        client_net_address: client.address,
        client_tcp_port: client.port,
        local_net_address: server.instance.address,
        local_tcp_port: server.instance.tdsPort,
        connection_id: connectionId,
        most_recent_sql_handle: sqlHandle(session.spid),
      })),
    ),
  ),

  view(
    "dm_exec_requests",
    `session_id smallint NOT NULL, request_id int NOT NULL, start_time datetime NOT NULL, status nvarchar(30) NOT NULL,
  command nvarchar(32) NOT NULL, sql_handle varbinary(64), statement_start_offset int, statement_end_offset int,
  plan_handle varbinary(64), database_id smallint NOT NULL, user_id int NOT NULL, connection_id uniqueidentifier,
  blocking_session_id smallint, wait_type nvarchar(60), wait_time int NOT NULL, last_wait_type nvarchar(60) NOT NULL,
  wait_resource nvarchar(256) NOT NULL, open_transaction_count int NOT NULL, open_resultset_count int NOT NULL,
  transaction_id bigint NOT NULL, context_info varbinary(128), percent_complete real NOT NULL,
  estimated_completion_time bigint NOT NULL, cpu_time int NOT NULL, total_elapsed_time int NOT NULL, scheduler_id int,
  task_address varbinary(8), reads bigint NOT NULL, writes bigint NOT NULL, logical_reads bigint NOT NULL,
  ${optionColumns}, nest_level int NOT NULL, granted_query_memory int NOT NULL, executing_managed_code bit NOT NULL,
  group_id int NOT NULL, query_hash binary(8), query_plan_hash binary(8), statement_sql_handle varbinary(64),
  statement_context_id bigint, dop int NOT NULL, parallel_worker_count int, external_script_request_id uniqueidentifier,
  is_resumable bit NOT NULL SINCE 2017, page_resource binary(8) SINCE 2019, page_server_reads bigint NOT NULL SINCE 2019,
  dist_statement_id uniqueidentifier SINCE 2022`,
    (server, asking) =>
      visible(server, asking)
        .filter(runs)
        .map((open) => ({
          ...optionsOf(open),
          session_id: open.session.spid,
          start_time: open.request?.start ?? open.connected,
          status: open.session.lockWait ? "suspended" : "running",
          command: /^\s*(\w+)/.exec(open.request?.text ?? "")?.[1]?.toUpperCase() ?? "SELECT",
          sql_handle: sqlHandle(open.session.spid),
          statement_start_offset: 0,
          statement_end_offset: -1,
          database_id: databaseId(server, open),
          user_id: 1,
          connection_id: open.connectionId,
          blocking_session_id: open.session.lockWait?.blockedBy ?? 0,
          wait_type: waitTypeOf(open),
          wait_time: waitedMilliseconds(open, server.clock.now()),
          last_wait_type: waitTypeOf(open) ?? "MISCELLANEOUS",
          wait_resource: waitResource(server, open),
          open_transaction_count: open.session.transactionCount,
          open_resultset_count: 1,
          transaction_id: open.session.transaction?.id ?? 0n,
          total_elapsed_time: server.clock.now().getTime() - (open.request?.start ?? open.connected).getTime(),
          group_id: 2,
          dop: 1,
        })),
  ),
];
