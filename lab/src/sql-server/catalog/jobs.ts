import type { Instance, Job, JobStep } from "../model";
import { findByName } from "../names";
import { loginSid } from "./certificates";
import { table } from "./msdb";
import { type Row, serverState, type View, view } from "./view";

const actions = { succeed: 1, fail: 2, next: 3 } as const;

const each =
  <T extends object>(of: (job: Job) => readonly T[], row: (item: T, instance: Instance) => Row) =>
  (instance: Instance): Row[] =>
    [...instance.jobs.values()].flatMap((job) => of(job).map((item) => ({ job_id: job.id, ...row(item, instance) })));

const jobColumns = `job_id uniqueidentifier NOT NULL, originating_server_id int NOT NULL, name sysname NOT NULL,
  enabled tinyint NOT NULL, description nvarchar(512), start_step_id int NOT NULL = 1, category_id int NOT NULL,
  owner_sid varbinary(85) NOT NULL, notify_level_eventlog int NOT NULL, notify_level_email int NOT NULL,
  notify_level_netsend int NOT NULL, notify_level_page int NOT NULL, notify_email_operator_id int NOT NULL,
  notify_netsend_operator_id int NOT NULL, notify_page_operator_id int NOT NULL, delete_level int NOT NULL,
  date_created datetime NOT NULL, date_modified datetime NOT NULL, version_number int NOT NULL = 1`;

const jobRows = each(
  (job) => [job],
  ({ name, owner, description, isEnabled, created }, { logins }) => ({
    name,
    enabled: Number(isEnabled),
    description,
    owner_sid: loginSid(owner, findByName(logins, owner)?.principalId ?? 0),
    date_created: created,
    date_modified: created,
  }),
);

const stepRow = ({ id, uid, name, subsystem, command, database, onSuccess, onFail, flags }: JobStep): Row => ({
  step_id: id,
  step_name: name,
  subsystem,
  command,
  flags,
  on_success_action: actions[onSuccess],
  on_fail_action: actions[onFail],
  database_name: database,
  step_uid: uid,
});

/** Schema dbo of msdb: what SQL Server Agent keeps there. */
export const jobTables: readonly View[] = [
  table("sysjobs", jobColumns, jobRows),
  table("sysjobs_view", `${jobColumns}, originating_server sysname, master_server bit = 0`, jobRows),
  table(
    "sysjobsteps",
    `job_id uniqueidentifier NOT NULL, step_id int NOT NULL, step_name sysname NOT NULL, subsystem nvarchar(40) NOT NULL,
    command nvarchar(max), flags int NOT NULL, additional_parameters nvarchar(max), cmdexec_success_code int NOT NULL,
    on_success_action tinyint NOT NULL, on_success_step_id int NOT NULL, on_fail_action tinyint NOT NULL,
    on_fail_step_id int NOT NULL, server sysname, database_name sysname, database_user_name sysname,
    retry_attempts int NOT NULL, retry_interval int NOT NULL, os_run_priority int NOT NULL, output_file_name nvarchar(200),
    last_run_outcome int NOT NULL, last_run_duration int NOT NULL, last_run_retries int NOT NULL,
    last_run_date int NOT NULL, last_run_time int NOT NULL, proxy_id int, step_uid uniqueidentifier`,
    each(({ steps }) => steps, stepRow),
  ),
  table(
    "sysjobhistory",
    `instance_id int NOT NULL, job_id uniqueidentifier NOT NULL, step_id int NOT NULL, step_name sysname NOT NULL,
    sql_message_id int NOT NULL, sql_severity int NOT NULL, message nvarchar(4000), run_status int NOT NULL,
    run_date int NOT NULL, run_time int NOT NULL, run_duration int NOT NULL, operator_id_emailed int NOT NULL,
    operator_id_netsent int NOT NULL, operator_id_paged int NOT NULL, retries_attempted int NOT NULL,
    server sysname NOT NULL`,
    each(
      ({ history }) => history,
      (row, { name }) => ({ ...row, server: name }),
    ),
  ),
  table(
    "sysjobactivity",
    `session_id int NOT NULL = 1, job_id uniqueidentifier NOT NULL, run_requested_date datetime,
    run_requested_source sysname = '4', queued_date datetime, start_execution_date datetime, last_executed_step_id int,
    last_executed_step_date datetime, stop_execution_date datetime, job_history_id int, next_scheduled_run_date datetime`,
    each(
      ({ run }) => (run ? [run] : []),
      ({ requested, lastStep, stopped }) => ({
        run_requested_date: requested,
        start_execution_date: requested,
        last_executed_step_id: lastStep || null,
        stop_execution_date: stopped ?? null,
      }),
    ),
  ),
  // Only steps with the flag 8 write their output here.
  table(
    "sysjobstepslogs",
    `log_id int NOT NULL, log nvarchar(max) NOT NULL, date_created datetime NOT NULL, date_modified datetime NOT NULL,
    log_size bigint NOT NULL, step_uid uniqueidentifier NOT NULL`,
    each(
      ({ steps }) => steps.filter(({ flags, log }) => (flags & 8) !== 0 && log !== undefined),
      ({ id, uid, log = "" }) => ({ log_id: id, log, log_size: BigInt(log.length * 2), step_uid: uid }),
    ),
  ),
];

/** The services of SQL Server on its machine: Express has no Agent that could be started. */
export const serviceViews: readonly View[] = [
  view(
    "dm_server_services",
    `servicename nvarchar(256) NOT NULL, startup_type int CODED, status int CODED, process_id int,
    last_startup_time datetimeoffset(7), service_account nvarchar(256) NOT NULL, filename nvarchar(256) NOT NULL,
    is_clustered nvarchar(1) NOT NULL = 'N', cluster_nodename nvarchar(256),
    instant_file_initialization_enabled nvarchar(1) NOT NULL = 'N'`,
    serverState(({ instance: { edition, isAgentRunning, startTime } }): Row[] => [
      {
        servicename: "SQL Server (MSSQLSERVER)",
        ...{ startup_type: [2, "Automatic"], status: [4, "Running"], process_id: process.pid },
        last_startup_time: startTime,
        service_account: "NT Service\\MSSQLSERVER",
      },
      {
        servicename: "SQL Server Agent (MSSQLSERVER)",
        startup_type: edition === "Express" ? [4, "Disabled"] : [3, "Manual"],
        status: isAgentRunning ? [4, "Running"] : [1, "Stopped"],
        service_account: "NT Service\\SQLSERVERAGENT",
      },
    ]),
    ({ kind }) => kind === "sqlServer",
  ),
];
