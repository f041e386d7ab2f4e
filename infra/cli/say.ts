/**
 * Control characters but the line feed, and those that turn the direction of text around: from data they could clear the screen, set the
 * title, hide a line or write to the clipboard of whoever reads it.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that are looked for
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that may hold what came from outside, as a terminal can show it: `\u001b` in place of the character. JSON stays the same JSON. */
export const printable = (text: string): string =>
  text.replaceAll(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The same for a part of a line: its line feeds are shown too. */
export const printableInLine = (text: string): string => printable(text).replaceAll('\n', '\\n');

/** Prints what a person or a program asked for. Everything that the command line prints to standard output goes through here. */
export function say(text: string): void {
  console.log(printable(text));
}
