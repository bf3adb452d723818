import { pause } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Sql } from "../../sql-server/connection";
import { type Statement, sql } from "../../sql-server/tsql";
import { type Maker, makerIn, prefix } from "./maker";

/** A connection that SQL Server Agent is to try, from its own machine. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface Answer extends Target {
  readonly isReached: boolean;
  /** undefined where the name was not resolved, or Agent does not say. */
  readonly address?: string | undefined;
}

/** The documentation's own command. A name goes into it as it is, so it must be one. */
function testCommand({ host, port }: Target): Statement {
  if (!/^[a-z0-9_][a-z0-9._-]*$|^[0-9a-f:.]+$/i.test(host))
    throw new VisibleError({
      doing: `try to connect to ${host}`,
      cause: "this is neither a host name nor an address.",
    });
  return sql.string(`tnc ${host} -port ${port} | select ComputerName, RemoteAddress, TcpTestSucceeded | Format-List`);
}

const described = "A test of the network by mi-link preflight --probe, which removes this job again: ";

/**
 * Makes the job with its note, its steps and its server at once. It is sa's, as in the documentation: whether a login of a
 * domain or of Microsoft Entra is a sysadmin, Agent cannot always tell.
 */
export async function makeJob(server: Sql, maker: Maker, targets: readonly Target[]): Promise<void> {
  const name = sql.string(maker.name);
  const steps = targets.map(
    (target) => sql`
    EXEC msdb.dbo.sp_add_jobstep @job_name = ${name}, @step_name = ${sql.string(`${target.host} ${target.port}`)},
      @subsystem = N'PowerShell', @command = ${testCommand(target)}, @database_name = N'master',
      @on_success_action = 3, @on_fail_action = 3;`,
  );
  await server.change(
    `make the job ${maker.name}`,
    sql`SET XACT_ABORT ON;
    DECLARE @owner sysname = SUSER_SNAME(0x01);
    BEGIN TRANSACTION;
    EXEC msdb.dbo.sp_add_job @job_name = ${name}, @owner_login_name = @owner,
      @description = ${sql.string(described + JSON.stringify(maker))};
    ${sql.list(steps, "")}
    EXEC msdb.dbo.sp_add_jobserver @job_name = ${name}, @server_name = N'(local)';
    COMMIT TRANSACTION;`,
    async () => (await jobsThere(server)).some((job) => job.name === maker.name),
  );
}

/** Runs the job, and answers what each of its steps found. */
export async function runJob(
  server: Sql,
  { name }: Maker,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Answer[]> {
  const hasRun = async () => (await historyOf(server, name)).some(({ step }) => step === 0);
  await server.change(
    `start the job ${name}`,
    sql`EXEC msdb.dbo.sp_start_job @job_name = ${sql.string(name)}`,
    async () => (await isStarted(server, name)) || (await hasRun()),
  );
  const doing = `wait for the job ${name} on ${server.instance.name} (${server.address})`;
  for (let wait = 100; !(await hasRun()); wait = Math.min(2 * wait, 2000)) await pause(wait, doing, signal);
  const history = await historyOf(server, name);
  return targets.map((target, i) => answerIn(target, history.find(({ step }) => step === i + 1)?.message ?? ""));
}

/** The lines of PowerShell's answer stand on one line in the history. */
function answerIn(target: Target, message: string): Answer {
  const [, reached] = /TcpTestSucceeded\s*:\s*(True|False)/i.exec(message) ?? [];
  if (reached === undefined)
    throw new VisibleError({
      doing: `learn from the job whether ${target.host} is reached on port ${target.port}`,
      said: [message.trim() || "its step left no message"],
    });
  const [, address] = /RemoteAddress\s*:\s*([0-9a-f.:]+)(?=\s|$)/i.exec(message) ?? [];
  return { ...target, isReached: reached.toLowerCase() === "true", address };
}

const historyOf = (server: Sql, name: string) =>
  server.query<{ readonly step: number; readonly message: string | null }>(
    `read the history of the job ${name}`,
    sql`SELECT h.step_id AS step, h.message FROM msdb.dbo.sysjobhistory h
    JOIN msdb.dbo.sysjobs j ON j.job_id = h.job_id WHERE j.name = ${sql.string(name)}`,
  );

async function isStarted(server: Sql, name: string): Promise<boolean> {
  const rows = await server.query(
    `see whether the job ${name} was started`,
    sql`SELECT a.run_requested_date FROM msdb.dbo.sysjobactivity a
    JOIN msdb.dbo.sysjobs j ON j.job_id = a.job_id WHERE j.name = ${sql.string(name)} AND a.run_requested_date IS NOT NULL`,
  );
  return rows.length > 0;
}

/** The jobs of every test, this one's and others', with who made them. */
export async function jobsThere(server: Sql): Promise<Maker[]> {
  const rows = await server.query<{ readonly name: string; readonly description: string | null }>(
    "look for jobs of earlier tests",
    sql`SELECT name, description FROM msdb.dbo.sysjobs WHERE name LIKE ${sql.string(`${prefix}%`)}`,
  );
  return rows.flatMap(({ name, description }) => {
    const maker = makerIn(noteIn(description));
    return maker?.name === name ? [maker] : [];
  });
}

function noteIn(description: string | null): unknown {
  try {
    return JSON.parse(description?.slice(description.indexOf("{")) ?? "");
  } catch {
    return undefined;
  }
}

export const dropJob = (name: string): Statement =>
  sql`IF EXISTS (SELECT 1 FROM msdb.dbo.sysjobs WHERE name = ${sql.string(name)})
    EXEC msdb.dbo.sp_delete_job @job_name = ${sql.string(name)}`;
