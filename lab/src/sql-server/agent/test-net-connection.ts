import type { Network } from "../../network";
import type { Instance } from "../model";
import { labRefusal } from "../refusals";

const form =
  /^\s*(?:tnc|Test-NetConnection)\s+(?:-ComputerName\s+)?'?([\w.:-]+)'?\s+-port\s+(\d+)(\s+-InformationLevel\s+Quiet)?\s*(?:\|\s*select\s+ComputerName\s*,\s*RemoteAddress\s*,\s*TcpTestSucceeded\s*\|\s*Format-List)?\s*$/i;

/** What PowerShell prints for the one command that it knows here, the documentation's test of the network. */
export async function powerShell(command: string, from: Instance, network: Network): Promise<string[]> {
  const [, host = "", digits, isQuiet] = form.exec(command) ?? [];
  if (host === "") throw labRefusal("a PowerShell step can only be the Test-NetConnection of the link's documentation");
  const port = Number(digits);
  const { address, isOpen } = await network.connect(from, host, port);
  const answer = isOpen ? "True" : "False";
  const warning =
    address === undefined
      ? [`WARNING: Name resolution of ${host} failed`]
      : isOpen
        ? []
        : [`WARNING: TCP connect to (${address} : ${port}) failed`];
  if (isQuiet) return [...warning, answer];
  return [
    ...warning,
    `ComputerName     : ${host}`,
    `RemoteAddress    : ${address ?? ""}`,
    `TcpTestSucceeded : ${answer}`,
  ];
}
