import { endpointCells } from "./cells-of-endpoint";
import { groupCells } from "./cells-of-groups";
import { linkCells } from "./cells-of-link";
import { trustCells } from "./cells-of-trust";

/** The out-of-band matrix. */
export const cells = [...trustCells, ...endpointCells, ...groupCells, ...linkCells];
