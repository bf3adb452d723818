import type { Advice } from "./advice";
import { certificateNumbers } from "./certificate-numbers";
import { databaseNumbers } from "./database-numbers";
import { endpointNumbers } from "./endpoint-numbers";
import { groupNumbers } from "./group-numbers";
import { linkNumbers } from "./link-numbers";

const missingRight: Advice = {
  cause: "the login lacks a right; the documented procedure needs sysadmin.",
  remedy: "run as an administrator: ALTER SERVER ROLE sysadmin ADD MEMBER [<login>]",
};
const update = "install the update that the link's feature overview names (SELECT @@VERSION shows the build)";
const ourStatement: Advice = {
  cause: "this build of SQL Server does not take a statement that pulumi-mi-link sent, or that statement is wrong.",
  remedy: `${update}; where it is installed, report this message with SELECT @@VERSION.`,
};
const ofStatements = [102, 137, 156, 207, 574, 7863, 19497, 19498, 41197, 41198];

/** Advice by SQL Server's error number (sys.messages), for what the statements of a link meet. */
export const sqlServerNumbers: Readonly<Record<number, Advice>> = {
  ...Object.fromEntries(ofStatements.map((number) => [number, ourStatement])),
  ...Object.fromEntries([229, 262, 297, 300, 15247].map((number) => [number, missingRight])),
  208: { cause: "this build of SQL Server lacks a view that links need.", remedy: `${update}.` },
  2812: {
    cause: "sp_certificate_add_issuer is missing: the update or Azure Connect pack that links need is not installed.",
    remedy:
      "install the pack (2016: KB5014242, 2017: KB5050533; SELECT @@VERSION shows the build), restart SQL Server, then run pulumi up again.",
  },
  11001: {
    cause: "the name of the other side does not resolve on this SQL Server.",
    remedy:
      "give its address instead, or make the name known to the DNS of SQL Server's network (Resolve-DnsName <host>); then run pulumi up again.",
  },
  35208: {
    cause: "the statement was not sent to master.",
    remedy: "report it: pulumi-mi-link sends group statements to master only.",
  },
  ...databaseNumbers,
  ...certificateNumbers,
  ...endpointNumbers,
  ...groupNumbers,
  ...linkNumbers,
};
