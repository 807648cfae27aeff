// Holds pages against the rules of HTML: `html.mjs NODE_MODULES PAGE…`.
import { createRequire } from "node:module";

const [modules, ...pages] = process.argv.slice(2);
const { HtmlValidate, StaticConfigLoader } = createRequire(`${modules}/`)("html-validate");

// What is mdBook's own, and not ours to mend without a copy of its templates.
const MDBOOKS = [
  { rule: "attribute-misuse", says: 'rel="prefetch"', why: "the arrows to the next page ask for it to be fetched" },
  { rule: "element-required-attributes", says: "<iframe> is missing", why: "the contents where JavaScript is off are a frame without a title" },
];

const validator = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ["html-validate:standard"] }));
let wrong = 0;
for (const page of pages) {
  // mdBook's frame of contents is no page by itself: it has neither a title nor matching list items.
  if (page.endsWith("/toc.html")) continue;
  const report = await validator.validateFile(page);
  for (const { messages } of report.results) {
    for (const { ruleId, message, line } of messages) {
      if (MDBOOKS.some(({ rule, says }) => ruleId === rule && message.includes(says))) continue;
      console.log(`${page}:${line}: ${message} (${ruleId})`);
      wrong += 1;
    }
  }
}
console.log(`${pages.length} pages, ${wrong} mistakes`);
process.exitCode = wrong > 0 ? 1 : 0;
