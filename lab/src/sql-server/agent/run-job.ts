import { silent } from "../../tsql/executor/run";
import type { ResultSink } from "../../tsql/host";
import { SqlError } from "../../tsql/messages";
import type { Job, JobStep } from "../model";
import { findByName } from "../names";
import type { Server } from "../server";
import { powerShell } from "./test-net-connection";

interface Outcome {
  readonly failed: boolean;
  readonly said: readonly string[];
  /** The error that the step ended with. */
  readonly number?: number;
}

/** SQL Server Agent carries out one run of a job, and writes its history. */
export async function runJob(server: Server, job: Job, by: string): Promise<void> {
  const { clock, stopping } = server;
  const run = { requested: clock.now(), by, lastStep: 0, stopped: undefined as Date | undefined };
  job.run = run;
  let last: JobStep | undefined;
  let succeeded = true;
  for (const step of job.steps) {
    const start = clock.now();
    const outcome = await runStep(server, job, step);
    if (stopping.aborted) return;
    last = step;
    run.lastStep = step.id;
    step.log = outcome.said.join("\n");
    const action = outcome.failed ? step.onFail : step.onSuccess;
    succeeded = action === "next" ? !outcome.failed : action === "succeed";
    note(server, job, step, start, outcome.failed, messageOf(step, outcome), outcome.number);
    if (action !== "next") break;
  }
  const end = `The job ${succeeded ? "succeeded" : "failed"}.  The Job was invoked by User ${by}.  The last step to run was step ${last?.id} (${last?.name}).`;
  note(server, job, { id: 0, name: "(Job outcome)" }, run.requested, !succeeded, end);
  run.stopped = clock.now();
}

function note(
  { instance, clock }: Server,
  job: Job,
  { id, name }: Pick<JobStep, "id" | "name">,
  start: Date,
  failed: boolean,
  message: string,
  number = 0,
): void {
  const seconds = Math.round((clock.now().getTime() - start.getTime()) / 1000);
  const [date = "", time = ""] = start.toISOString().split("T");
  job.history.push({
    ...{ instance_id: instance.nextJobHistoryId++, step_id: id, step_name: name, message, run_status: Number(!failed) },
    ...{ sql_message_id: number, sql_severity: number === 0 ? 0 : 16 },
    run_date: Number(date.replaceAll("-", "")),
    run_time: Number(time.slice(0, 8).replaceAll(":", "")),
    run_duration: Math.floor(seconds / 60) * 100 + (seconds % 60),
  });
}

function messageOf({ subsystem }: JobStep, { said, failed }: Outcome): string {
  const exit = subsystem === "PowerShell" ? `.  Process Exit Code ${failed ? -1 : 0}.` : ".";
  const text = `Executed as user: NT SERVICE\\SQLSERVERAGENT. ${said.join(" ")}`.slice(0, 3900);
  return `${text}${exit}  The step ${failed ? "failed" : "succeeded"}.`;
}

async function runStep(server: Server, job: Job, step: JobStep): Promise<Outcome> {
  try {
    if (step.subsystem === "TSQL") return await runBatch(server, job, step);
    return { failed: false, said: await powerShell(step.command, server.instance, server.network) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { failed: true, said: [error.text], number: error.number };
  }
}

/** A step of T-SQL is a session of the job's owner. */
async function runBatch(server: Server, job: Job, { id, command, database }: JobStep): Promise<Outcome> {
  const login = findByName(server.instance.logins, job.owner);
  if (!login) return { failed: true, said: [`The owner (${job.owner}) of the job does not have server access`] };
  const said: string[] = [];
  let number: number | undefined;
  const sink: ResultSink = {
    ...silent,
    error(error) {
      number = error.number;
      said.push(`${error.text} [SQLSTATE 42000] (Error ${error.number})`);
    },
    info: (message) => void said.push(`${message.text} [SQLSTATE 01000] (Message ${message.number})`),
  };
  const application = `SQLAgent - TSQL JobStep (Job 0x${job.id.replaceAll("-", "")} : Step ${id})`;
  const session = server.openSession(login, database, application);
  try {
    await session.batch(command, sink, server.stopping);
  } finally {
    session.close();
  }
  return { failed: number !== undefined, said, ...(number !== undefined && { number }) };
}
