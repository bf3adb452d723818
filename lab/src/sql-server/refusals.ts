import { SqlError, sqlError } from "../tsql/messages";

/** An error that follows from another: the client sees both, the cause first. */
export function consequence(cause: SqlError, number: number, ...args: readonly (string | number)[]): SqlError {
  const error = sqlError(number, ...args);
  return new SqlError(error.number, error.severity, error.text, 1, 0, "", [
    ...cause.preceding,
    withoutPreceding(cause),
  ]);
}

function withoutPreceding(error: SqlError): SqlError {
  return error.preceding.length === 0 ? error : new SqlError(error.number, error.severity, error.text, error.state);
}

export function missing(verb: string, securable: string, name: string): SqlError {
  return sqlError(15151, verb, securable, name);
}

/** An error for a case that no source describes or that the lab does not model. `[lab]` tells it from SQL Server's own. */
export function labRefusal(text: string): SqlError {
  return new SqlError(50000, 16, `[lab] ${text}`);
}
