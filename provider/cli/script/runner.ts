import { fileOf, type Part } from "./parts";

export const runnerFile = "run.sh";

/** How the runner reaches the SQL Server. */
export interface Reach {
  readonly host: string;
  readonly port: number;
  /** Empty where the runner is to ask for it. */
  readonly user: string;
}

/** A bash script that runs the files of the parts in order, and passes on what each gives to those after it. */
export const runnerOf = (parts: readonly Part[], { host, port, user }: Reach): string => `#!/usr/bin/env bash
# Runs the parts beside it in order: those on SQL Server with sqlcmd, or with FreeTDS's tsql where that is not installed, those
# in Azure with az, after az login and az account set. It stops at the first error.
#   bash ${runnerFile}      all of them
#   bash ${runnerFile} 3    from part 3 on, with what the parts before gave in the environment
# The login and the passwords are asked for where SQL_SERVER_USER, SQL_SERVER_PASSWORD and MasterKeyPassword are not set. SQLCMD_OPTIONS goes to sqlcmd: -C ...
set -euo pipefail
umask 077
cd "$(dirname "$0")"
host=\${SQL_SERVER_HOST:-${plain(host)}} port=\${SQL_SERVER_PORT:-${port}} user=\${SQL_SERVER_USER:-${plain(user)}}
first=\${1:-1}
[ -n "$user" ] || read -rp "Login on $host, a member of sysadmin: " user
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ask() {
  if [ -z "\${!1:-}" ]; then
    read -rsp "$2: " "$1"
    echo >&2
  fi
}
ask SQL_SERVER_PASSWORD "Password of $user on $host"

# Sends a file of batches, with the values in their places, to SQL Server.
sql() {
  local text quote="'" batch= line
  text=$(cat "$1")
  if [[ $text == *'$(MasterKeyPassword)'* ]]; then
    ask MasterKeyPassword 'Password of the database master key (new; keep it in a safe place)'
    text=\${text//'$(MasterKeyPassword)'/"\${MasterKeyPassword//$quote/$quote$quote}"}
  fi
  text=\${text//'$(ManagedInstanceCertificate)'/"\${ManagedInstanceCertificate:-}"}
  if command -v sqlcmd >"$work/found"; then
    printf '%s\\n' "$text" >"$work/part.sql"
    SQLCMDPASSWORD=$SQL_SERVER_PASSWORD sqlcmd -S "tcp:$host,$port" -U "$user" -d master -b -x -y 0 \${SQLCMD_OPTIONS:-} -i "$work/part.sql"
    return
  fi
  while IFS= read -r line; do
    if [ "$line" != GO ]; then
      batch+=$line$'\\n'
      continue
    fi
    # -P - reads the password from the first line: others on this machine may see arguments.
    printf '%s\\n%s\\nGO\\n' "$SQL_SERVER_PASSWORD" "$batch" | tsql -H "$host" -p "$port" -U "$user" -P - -D master -o q 2>"$work/said" || { cat "$work/said" >&2; return 1; }
    # tsql itself ends well whatever the server says.
    if grep -qE '^Msg [0-9]+ \\(severity (1[1-9]|2[0-9])' "$work/said"; then
      cat "$work/said" >&2
      return 1
    fi
    batch=
  done <<<"$text"
}

# The last long binary value in what a part printed, without 0x.
value() { grep -oiE '\\b(0x)?[0-9a-f]{200,}\\b' | tail -n 1 | sed 's/^0[xX]//'; }

${parts.map(callOf).join("\n\n")}
`;

function callOf(part: Part): string {
  const { number, on, gives } = part;
  const file = fileOf(part);
  const run = on === "Azure" ? `bash -euo pipefail ${file}` : `sql ${file}`;
  const [given] = gives;
  const command = given === undefined ? run : `${given}=${on === "Azure" ? "" : "0x"}$(${run} | value)`;
  return [
    `if [ ${number} -ge "$first" ]; then`,
    `  echo '== ${number}. ${on === "Azure" ? "In Azure" : "On SQL Server"}: ${file}' >&2`,
    `  ${command}`,
    ...(given === undefined ? [] : [`  export ${given}`, `  echo "${given}=$${given}" >&2`]),
    "fi",
  ].join("\n");
}

/** Words that bash takes as they are: addresses and logins. */
const plain = (word: string): string => word.replace(/[^\w.:@-]/gu, (one) => `\\${one}`);
