import { Html } from "./html";

const roles: Readonly<Record<string, string>> = {
  table: "table",
  thead: "rowgroup",
  tbody: "rowgroup",
  tr: "row",
  td: "cell",
  'th scope="col"': "columnheader",
  'th scope="row"': "rowheader",
};

/**
 * A table that becomes a card for each row where the page is narrow. It is laid out otherwise then, so what its parts are is
 * said beside it: a screen reader goes through it as a table all the same.
 */
export const cards = ({ text }: Html): Html =>
  new Html(
    text.replace(
      /<(table|thead|tbody|tr|td|th scope="(?:col|row)")/g,
      (tag, name: string) => `${tag} role="${roles[name]}"`,
    ),
  );
