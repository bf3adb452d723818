/**
 * The part of `sys.messages` that the lab raises: number, severity, text with %s and %d for its arguments.
 * Texts and severities: facts of the documentation's "Database engine events and errors" pages.
 */
const templates: Readonly<Record<number, readonly [severity: number, text: string]>> = {
  102: [15, "Incorrect syntax near '%s'."],
  137: [15, 'Must declare the scalar variable "%s".'],
  156: [15, "Incorrect syntax near the keyword '%s'."],
  207: [16, "Invalid column name '%s'."],
  208: [16, "Invalid object name '%s'."],
  2812: [16, "Could not find stored procedure '%s'."],
  35201: [10, "A connection timeout has occurred while attempting to establish a connection to availability replica '%s' with id [%s]. Either a networking or firewall issue exists, or the endpoint address provided for the replica is not the database mirroring endpoint of the host server instance."],
  41962: [16, "Operation was aborted as replication to Azure SQL Managed Instance did not start within %d minutes since it was initiated. Please verify the network connectivity and firewall rules are configured according to the guidelines described at https://aka.ms/mi-link-troubleshooting, and retry the operation."],
  41973: [16, "The link cannot be established because the endpoint certificate from SQL Server has not been imported to Azure SQL Managed Instance. Please import the endpoint certificate from SQL Server to Managed Instance, and retry the link creation again."],
  41974: [16, "The link cannot be established because the endpoint certificate from SQL Azure SQL Managed Instance has not been imported to SQL Server. Please import the endpoint certificate from Managed Instance to SQL Server, and retry the link creation again."],
  41976: [16, "Connection with availability group '%s' on the server with endpoint '%s' cannot be established as it is not responding. Possible causes could be nonexistence of availability group or distributed availability group on the partner server, incorrectly specified names or configuration parameters. Please check the log file on the partner server for the exact error cause."],
  41977: [16, "Connection with availability group '%s' on the server with endpoint '%s' is established, but there is no response from the target database. Possible causes could be errors with creating a database on the partner server, incorrectly specified names or configuration parameters. Please check the log file on the partner server for the exact error cause."],
  41986: [16, "Azure SQL Managed Instance link creation failed because either connection to SQL Server failed, or the server did not respond after a prolonged period of time. Verify the network connectivity and firewall rules between SQL Server and Managed Instance are properly configured and retry again."],
  47521: [16, "Secondary replica could not be built as the replica request was not received from the primary, or not processed correctly. Check the state of the primary server and ensure that Availability Group on this server is not empty, and that it contains healthy databases."],
};

/** An error (severity over 10) or message as the server sends it. */
export interface ServerMessage {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly text: string;
  readonly line: number;
  readonly procedure: string;
}

/** An error of the catalogue, thrown by whoever finds it; the executor adds the line and decides what it ends. */
export class SqlError extends Error {
  constructor(
    readonly number: number,
    readonly severity: number,
    readonly text: string,
    readonly state = 1,
    /** Line in the batch, counted from 1; 0 where not known yet. */
    public line = 0,
    public procedure = "",
    /** Errors that the server sends before this one (the cause before the consequence, as 41152 has). */
    readonly preceding: readonly SqlError[] = [],
  ) {
    super(text);
    this.name = "SqlError";
  }
}

export function formatMessage(number: number, ...args: readonly (string | number)[]): { severity: number; text: string } {
  const template = templates[number];
  if (!template) throw new Error(`message ${number} is not in the lab's catalogue`);
  let next = 0;
  return { severity: template[0], text: template[1].replace(/%[sd]/g, () => String(args[next++] ?? "(null)")) };
}

/** `sqlError(208, "sys.nothing")` */
export function sqlError(number: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = formatMessage(number, ...args);
  return new SqlError(number, severity, text);
}
