import { knownMessages } from "../../tsql/messages";
import { declareView } from "./declare";

/** The messages that the lab raises; the server has some fifteen thousand, in 22 languages. */
const messages = () =>
  knownMessages().map(({ number, severity, text }) => ({
    message_id: number,
    language_id: 1033,
    severity,
    is_event_logged: Number(severity >= 19),
    text,
  }));

export const systemMessages = declareView(
  `message_id int NOT NULL, language_id smallint NOT NULL, severity tinyint, is_event_logged bit NOT NULL,
  text nvarchar(2048) NOT NULL`,
  messages,
);

export const oldSystemMessages = declareView(
  "error int NOT NULL, severity tinyint, dlevel smallint NOT NULL, description nvarchar(255), msglangid smallint NOT NULL",
  () =>
    messages().map(({ message_id, severity, is_event_logged, text }) => ({
      error: message_id,
      severity,
      dlevel: is_event_logged * 128,
      description: text.slice(0, 255),
      msglangid: 1033,
    })),
);
