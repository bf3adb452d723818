import { argument } from "../../tsql/executor/arguments";
import type { Procedure, ProcedureArgument, ResultSink, Session } from "../../tsql/host";
import { formatMessage, sqlError } from "../../tsql/messages";
import { sameName } from "../../tsql/values/collation";
import type { Job, JobStep } from "../model";
import { findByName, nameKey, newGuid } from "../names";
import { labRefusal } from "../refusals";
import type { Server } from "../server";
import { runJob } from "./run-job";

/** The values that a procedure was given, by the parameter's name. */
type Given = (parameter: string) => string | undefined;

interface Call {
  readonly server: Server;
  readonly given: Given;
  readonly session: Session;
  readonly sink: ResultSink;
}

const words = (text: string): readonly string[] => text.split(/\s+/);
const notify = `notify_level_eventlog notify_level_email notify_level_netsend notify_level_page
  notify_email_operator_name notify_netsend_operator_name notify_page_operator_name`;

const procedures: Readonly<Record<string, readonly [parameters: readonly string[], run: (call: Call) => void]>> = {
  sp_add_job: [
    words(`job_name enabled description start_step_id category_name category_id owner_login_name ${notify} delete_level
      job_id originating_server`),
    addJob,
  ],
  sp_add_jobstep: [
    words(`job_id job_name step_id step_name subsystem command additional_parameters cmdexec_success_code
      on_success_action on_success_step_id on_fail_action on_fail_step_id server database_name database_user_name
      retry_attempts retry_interval os_run_priority output_file_name flags proxy_id proxy_name step_uid`),
    addStep,
  ],
  sp_add_jobserver: [words("job_id job_name server_name automatic_post"), addServer],
  sp_start_job: [words("job_name job_id error_flag server_name step_name output_flag"), startJob],
  sp_delete_job: [words("job_id job_name originating_server delete_history delete_unused_schedule"), deleteJob],
};

/** SQL Server Agent's procedures in msdb. Only members of sysadmin may use them here: roles of msdb are not modelled. */
export function jobProcedure(server: Server, key: string): Procedure | undefined {
  const [parameters, work] = (Object.hasOwn(procedures, key) && procedures[key]) || [];
  if (!parameters || !work) return undefined;
  return {
    run(args, session, sink) {
      if (!session.isSysadmin) throw sqlError(229, "EXECUTE", key, "msdb", "dbo");
      work({ server, session, sink, given: givenOf(key, parameters, args) });
      return 0;
    },
  };
}

function givenOf(key: string, parameters: readonly string[], args: readonly ProcedureArgument[]): Given {
  const unknown = args.find(({ name }) => name !== undefined && !parameters.includes(name));
  if (unknown) throw sqlError(8145, unknown.name ?? "", key);
  return (parameter) => {
    const value = argument(args, parameters.indexOf(parameter), parameter)?.value;
    return value === null || value === undefined ? undefined : String(value).trim();
  };
}

function jobOf({ server: { instance }, given }: Call): Job {
  const [name, id] = [given("job_name"), given("job_id")];
  if ((name === undefined) === (id === undefined)) throw sqlError(14294, "@job_id", "@job_name");
  const job = [...instance.jobs.values()].find((each) =>
    id ? each.id === id.toUpperCase() : sameName(each.name, name ?? ""),
  );
  if (!job) throw sqlError(14262, id ? "@job_id" : "@job_name", id ?? name ?? "");
  return job;
}

function addJob({ server: { instance, clock }, given, session }: Call): void {
  const name = given("job_name") ?? "";
  if (name === "") throw sqlError(201, "sp_add_job", "@job_name");
  if (findByName(instance.jobs, name)) throw sqlError(14261, "@name", name);
  const owner = given("owner_login_name") ?? session.login;
  if (!findByName(instance.logins, owner)) throw sqlError(14262, "@owner_login_name", owner);
  const description = given("description") ?? "No description available.";
  const isEnabled = given("enabled") !== "0";
  instance.jobs.set(nameKey(name), {
    ...{ id: newGuid(), name, owner, description, isEnabled, created: clock.now() },
    ...{ steps: [], isTargeted: false, history: [] },
  });
}

const actions: Readonly<Record<string, JobStep["onSuccess"]>> = { 1: "succeed", 2: "fail", 3: "next" };

function addStep(call: Call): void {
  const { server, given } = call;
  const job = jobOf(call);
  const name = given("step_name") ?? "";
  if (job.steps.some((step) => sameName(step.name, name))) throw sqlError(14261, "@step_name", name);
  const wanted = (given("subsystem") ?? "TSQL").toLowerCase();
  // SQL Server on Linux has no other kind of steps than T-SQL.
  const subsystem = (["TSQL", "PowerShell"] as const).find((each) => each.toLowerCase() === wanted);
  if (!subsystem || (subsystem === "PowerShell" && !server.instance.isOnWindows))
    throw sqlError(14234, "@subsystem", "sp_enum_sqlagent_subsystems");
  const database = given("database_name") ?? "master";
  const [onSuccess, onFail] = [actions[given("on_success_action") ?? 1], actions[given("on_fail_action") ?? 2]];
  if (!onSuccess || !onFail) throw labRefusal("a step can end a job or go on to the next step (1, 2, 3)");
  job.steps.push({
    ...{ id: job.steps.length + 1, uid: newGuid(), name, subsystem, command: given("command") ?? "", database },
    ...{ onSuccess, onFail, flags: Number(given("flags") ?? 0) },
  });
}

function addServer(call: Call): void {
  const job = jobOf(call);
  const { hostName } = call.server.instance;
  const name = call.given("server_name") ?? "(local)";
  if (name.toLowerCase() !== "(local)" && !sameName(name, hostName)) throw sqlError(14262, "@server_name", name);
  if (job.isTargeted) throw sqlError(14269, job.name, hostName);
  job.isTargeted = true;
}

function startJob(call: Call): void {
  const { server, session, sink, given } = call;
  const job = jobOf(call);
  if (!job.isTargeted) throw sqlError(14256, job.name, job.id);
  if (job.steps.length === 0) throw sqlError(14528, job.name);
  if (!server.instance.isAgentRunning)
    throw sqlError(22022, "SQLServerAgent is not currently running so it cannot be notified of this action.");
  if (job.run && !job.run.stopped)
    throw sqlError(
      22022,
      `SQLServerAgent Error: Request to run job ${job.name} (from User ${session.login}) refused because the job is already running from a request by User ${job.run.by}.`,
    );
  void runJob(server, job, session.login);
  if (given("output_flag") !== "0") sink.info({ ...formatMessage(14243, job.name), number: 14243, state: 1, line: 0 });
}

function deleteJob(call: Call): void {
  call.server.instance.jobs.delete(nameKey(jobOf(call).name));
}
