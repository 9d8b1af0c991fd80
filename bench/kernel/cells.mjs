/**
 * What the kernels are given to do, in TypeScript and in Python: the same work, so that figures stand side by side.
 * A cell that is going to be interrupted prints "running" when it has got to the place where that is to happen.
 */

/**
 * @typedef {object} Cells
 * @property {(index: number) => string} declaration one that declares a constant and a function, another name each time
 * @property {string} greeting declares `greeting`, a text
 * @property {string} completionCode asks for the methods of `greeting`
 * @property {string} completed what must be among the answers
 * @property {(seconds: number) => string} computing prints "running" and computes so long
 * @property {(count: number) => string} lines prints 0, 1, 2, … one a line
 * @property {string} keep declares `kept` as 41
 * @property {string} kept gives `kept + 1`
 * @property {Record<string, string | undefined>} endless by the names of the rows that interrupt them; undefined where the language has none
 */

/** @param {{trains: boolean}} has whether the library is there that trains @returns {Cells} */
export const typescript = ({ trains }) => ({
  declaration: (index) => `const value${index}: number = ${index}; function twice${index}(x: number): number { return 2 * x + value${index}; }`,
  greeting: 'const greeting: string = "hello";',
  completionCode: "greeting.toUpp",
  completed: "toUpperCase",
  computing: (seconds) => `console.log("running"); { const end = Date.now() + ${seconds * 1000}; while (Date.now() < end); }`,
  lines: (count) => `for (let line = 0; line < ${count}; line++) console.log(line);`,
  keep: "let kept = 41;",
  kept: "kept + 1",
  endless: {
    "interrupt-loop": 'console.log("running"); while (true) {}',
    "interrupt-loop-after-import": 'import { sep } from "node:path"; console.log("running", sep); while (true) {}',
    "interrupt-await": 'console.log("running"); await new Promise((resolve) => setTimeout(resolve, 1e6));',
    "interrupt-timer": 'setTimeout(() => { console.log("running"); while (true) {} }, 10); await new Promise((resolve) => setTimeout(resolve, 1e6));',
    "interrupt-training": trains ? TRAINING : undefined,
  },
});

/** @param {{trains: boolean}} has whether NumPy is there @returns {Cells} */
export const python = ({ trains }) => ({
  declaration: (index) => `value${index} = ${index}\ndef twice${index}(x):\n    return 2 * x + value${index}`,
  greeting: 'greeting = "hello"',
  completionCode: "greeting.upp",
  completed: "upper",
  computing: (seconds) => `import time\nprint("running", flush=True)\nend = time.time() + ${seconds}\nwhile time.time() < end: pass`,
  lines: (count) => `for line in range(${count}): print(line)`,
  keep: "kept = 41",
  kept: "kept + 1",
  endless: {
    "interrupt-loop": 'print("running", flush=True)\nwhile True: pass',
    "interrupt-loop-after-import": 'import os\nprint("running", os.sep, flush=True)\nwhile True: pass',
    "interrupt-await": 'import asyncio\nprint("running", flush=True)\nawait asyncio.sleep(1e6)',
    "interrupt-timer": 'import asyncio\ndef spin():\n    print("running", flush=True)\n    while True: pass\nasyncio.get_running_loop().call_later(0.01, spin)\nawait asyncio.sleep(1e6)',
    "interrupt-training": trains ? PRODUCTS : undefined,
  },
});

/** Two hidden layers of 512 on batches of 256 digits: about a hundredth of a second a step. */
const TRAINING = `
import { nn, optim, rand, randint } from "nabla";
const model = new nn.Sequential(new nn.Linear(784, 512), new nn.ReLU(), new nn.Linear(512, 512), new nn.ReLU(), new nn.Linear(512, 10));
const optimizer = new optim.Adam(model.parameters());
const digits = rand([256, 784]), labels = randint(0, 10, [256]);
for (let step = 0; ; step++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model.forward(digits), labels).backward();
  optimizer.step();
  if (step === 5) console.log("running");
}`;

/** The same amount of arithmetic a step, in NumPy. */
const PRODUCTS = `
import numpy
a = numpy.random.rand(256, 784).astype("float32"); b = numpy.random.rand(784, 512).astype("float32"); c = numpy.random.rand(512, 512).astype("float32")
step = 0
while True:
    for _ in range(3): a @ b @ c
    if step == 5: print("running", flush=True)
    step += 1
`;
