import type { Step } from "../finding";
import { azureCli, failed, passed, sentence, type Told, warning, words } from "../told";
import type { Left } from "./left-behind";
import type { Answer } from "./probe-job";

const allowOutbound: Step = {
  how: "powershell",
  text: "New-NetFirewallRule -DisplayName 'Managed Instance link, outbound' -Direction Outbound -Action Allow -Protocol TCP -RemotePort 5022,'11000-11999'",
};

const allowInbound = (port: number): Step => ({
  how: "powershell",
  text: `New-NetFirewallRule -DisplayName 'Managed Instance link, inbound' -Direction Inbound -Action Allow -Protocol TCP -LocalPort ${port}`,
});

/** A rule of the instance's subnet. */
const subnetRule = (direction: "Inbound" | "Outbound", ports: string): Step =>
  azureCli(
    `az network nsg rule create --resource-group <resource group> --nsg-name <network security group of the instance's subnet> --name mi-link-${direction.toLowerCase()} --priority 1000 --direction ${direction} --access Allow --protocol Tcp --${direction === "Inbound" ? "source" : "destination"}-address-prefixes <address of the SQL Server> --destination-port-ranges ${ports}`,
  );

const between = words("Open the same ports in every firewall, and every network security group, between the two.");

const unresolved = (host: string): Step =>
  words(
    `Make the name ${host} known there: by the DNS server that it asks (Azure's own is 168.63.129.16 inside a virtual network), or by its hosts file.`,
  );

const at = ({ host, port, address }: Answer): string =>
  `${host}${address === undefined || address === host ? "" : ` (${address})`} on TCP port ${port}`;

/** From SQL Server to the instance's fixed port. */
export function outward(answer: Answer): Told {
  const { host, isReached, address } = answer;
  if (isReached)
    return passed(
      `A job there reached ${at(answer)}. Whether a firewall on the way lets the link's own protocol through, and not only the connection, cannot be tested.`,
    );
  if (address === undefined)
    return failed(`A job there did not reach ${at(answer)}: the name is not known there.`, unresolved(host));
  return failed(
    `A job there did not reach ${at(answer)}: something on the way does not let it through.`,
    allowOutbound,
    subnetRule("Inbound", "5022 11000-11999"),
    between,
  );
}

/** From SQL Server to the node and port that the instance redirects to now. */
export const redirected = (answer: Answer): Told =>
  answer.isReached
    ? passed(
        `A job there reached ${at(answer)}, where the instance redirects its partners now. The other ports of 11000-11999 must be open as well, as this changes with each move inside Azure, and cannot be tested: nothing listens there.`,
      )
    : failed(
        `A job there did not reach ${at(answer)}, where the instance redirects its partners: all ports of 11000-11999 must be open.`,
        ...(answer.address === undefined ? [unresolved(answer.host)] : []),
        allowOutbound,
        subnetRule("Inbound", "5022 11000-11999"),
        between,
      );

/** From the instance to the mirroring endpoint of SQL Server. */
export function inward(answer: Answer): Told {
  const { host, port, isReached, address } = answer;
  if (isReached) return passed(`A job there reached the SQL Server at ${at(answer)}.`);
  if (address === undefined)
    return failed(
      `A job there did not reach the SQL Server at ${at(answer)}: the name is not known there.`,
      words(
        `Give the address of the SQL Server instead of ${host}, or a name that the DNS servers of the instance's virtual network know.`,
      ),
    );
  return failed(
    `A job there did not reach the SQL Server at ${at(answer)}: something on the way does not let it through.`,
    allowInbound(port),
    subnetRule("Outbound", String(port)),
    between,
  );
}

/** What stays on a server. */
export const leftBehind = ({ what, why, remedy }: Left): Told =>
  warning(
    sentence(`the test of the network did not remove what it made, ${what}: ${why}`),
    ...remedy,
    ...(remedy.length === 0 ? [] : [words("Or run the test again: it removes what earlier ones left.")]),
  );
