/**
 * The set-up's one kind of failure that a person can cure: a sentence that names what is missing and the command that
 * brings it. It is printed without a stack trace; anything else that is thrown is a defect and keeps its stack.
 */
export class SetupFailure extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = "SetupFailure";
  }
}

/** Runs a command's body; prints a failure the way a person wants to read it and sets the exit code. */
export function runMain(body) {
  body().catch((error) => {
    console.error(error instanceof SetupFailure ? `\nnabla: ${error.message}` : error);
    process.exitCode = 1;
  });
}
