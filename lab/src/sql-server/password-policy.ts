import { sqlError } from "../tsql/messages";

const shortest = 8;
const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];

/** "Password Policy": a password has at least eight characters, of three of the four classes. Throws 15116, 15118. */
export function checkPasswordPolicy(password: string): void {
  if (password.length < shortest) throw sqlError(15116);
  if (classes.filter((characters) => characters.test(password)).length < 3) throw sqlError(15118);
}
