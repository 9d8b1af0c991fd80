/** What this kernel says of itself. */
import { createRequire } from "node:module";
import { PROTOCOL_VERSION } from "../wire/message.ts";

const require = createRequire(import.meta.url);

function versionOf(packageFile: string): string {
  return (require(packageFile) as { version: string }).version;
}

/** The content of a `kernel_info_reply`. */
export function kernelInfo(): object {
  const version = versionOf("nabla/package.json");
  const typescript = versionOf("typescript/package.json");
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "nabla",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: typescript,
      // The names that JupyterLab's editor has for the language; by any other it colours nothing.
      mimetype: "application/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `Nabla ${version}: TypeScript ${typescript} on Node ${process.versions.node}`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
    ],
    // The older of two ways to say so; JupyterLab looks for neither, but into the kernelspec.
    debugger: true,
    supported_features: ["debugger"],
  };
}
