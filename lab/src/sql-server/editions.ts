import type { Instance } from "./model";

/** SERVERPROPERTY('Edition'), 'EditionID' and 'EngineEdition'. */
interface EditionFacts {
  readonly text: string;
  readonly id: number;
  readonly engineEdition: number;
}

const edition = (text: string, id: number, engineEdition: number): EditionFacts => ({ text, id, engineEdition });

const editions: Readonly<Record<Instance["edition"], EditionFacts>> = {
  Developer: edition("Developer Edition (64-bit)", -2117995310, 3),
  Enterprise: edition("Enterprise Edition: Core-based Licensing (64-bit)", 1872460670, 3),
  Evaluation: edition("Enterprise Evaluation Edition (64-bit)", 610778273, 3),
  Standard: edition("Standard Edition (64-bit)", -1534726760, 2),
  Web: edition("Web Edition (64-bit)", 1293598313, 2),
  Express: edition("Express Edition (64-bit)", -1592396055, 4),
};

export const editionNames = Object.keys(editions) as readonly Instance["edition"][];

const azure = edition("SQL Azure", 1674378470, 8);

export const editionOf = ({ kind, edition }: Instance): EditionFacts =>
  kind === "managedInstance" ? azure : editions[edition];

/** "Editions and supported features": the smallest two cannot have Always On enabled. */
export const hasAlwaysOn = (edition: Instance["edition"]): boolean => edition !== "Express" && edition !== "Web";

/** Standard has transparent data encryption since 2019. */
export const hasEncryption = ({ kind, edition, majorVersion }: Instance): boolean =>
  kind === "managedInstance" || (hasAlwaysOn(edition) && (edition !== "Standard" || majorVersion >= 2019));
