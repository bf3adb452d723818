import { VisibleError } from "../../errors/visible-error";
import type { Change } from "../../lifecycle/contract";
import { replacementOfTaken } from "../../lifecycle/ownership";
import { moveLink } from "../../sql-server/catalog/connected";
import { copyLeft } from "./explain";
import { databaseLabel, type Inputs, linkLabel, type State } from "./link";

/**
 * Why a live link is not replaced. Under "Keep" the old copy stays, so Azure would refuse the new link when the old one is
 * gone already. The recorded "Keep" or "Delete" counts, not the one in the program: when another resource is replaced and
 * takes the link along, the engine asks with recorded inputs only.
 */
export function replacementRefusal(
  state: State,
  inputs: Inputs,
  { replaces, isCascade }: Change,
): VisibleError | undefined {
  const ofTaken = replacementOfTaken(linkLabel(state), state, { replaces });
  if (ofTaken) return ofTaken;
  if (replaces.length === 0 || state.linkState === "NeverStarted") return undefined;
  const doing = isCascade
    ? `replace what ${linkLabel(state)} is built on (a name, the database, the instance or the address), and with it the link`
    : `change ${replaces.join(", ")} of ${linkLabel(state)}`;
  if (state.linkState === "Deleted") return new VisibleError({ doing, ...copyLeft(state) }, ["LinkDeleted"]);
  const isMoved = replaces.includes("partnerEndpoint");
  if (state.databaseOnDelete === "Delete")
    return isMoved && state.connectedState === "CONNECTED"
      ? new VisibleError(
          {
            doing,
            cause: "endpoint and groups would move first, and disconnect a link that works. Nothing was changed.",
            remedy: moveLink,
          },
          ["LinkIsConnected"],
        )
      : undefined;
  return new VisibleError(
    {
      doing,
      cause: `it means deleting the link and making it again. With databaseOnDelete: "Keep" the copy, ${databaseLabel(state)}, would stay as an independent database, the new link would be refused because of it, and nothing would replicate any more. Nothing was changed.`,
      remedy: [
        isMoved ? moveLink : twoRuns,
        ...(inputs.databaseOnDelete === "Delete"
          ? ['"Delete" counts once a pulumi up has recorded it: not together with the change.']
          : []),
        ...(state.databaseCreationDate === undefined
          ? ["If the link has never come to replicate: run pulumi refresh first, which finds that out."]
          : []),
      ].join(" "),
    },
    ["LinkIsLive"],
  );
}

const twoRuns =
  'if the copy may go: (1) set databaseOnDelete: "Delete", leave the rest as it was, and run pulumi up; (2) make the change and run pulumi up, which deletes the link and its copy, and copies the database again from the start. If it may not, take the change back.';
