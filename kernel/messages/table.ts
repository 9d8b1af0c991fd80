/**
 * What the kernel says to the person at the notebook, in every language that it speaks.
 *
 * `{name}` stands for what the caller puts in. Names of errors, of files and of code are not translated.
 */

/** The languages, by the tag that `NABLA_LANG` takes. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

export const MESSAGES = {
  cellTitle: { en: "Cell [{count}]", zh: "单元格 [{count}]" },
  cellLine: { en: "Cell [{count}], line {line}", zh: "单元格 [{count}]，第 {line} 行" },
  forgottenCell: { en: "a cell that ran long ago, whose text is no longer kept", zh: "很早以前运行的单元格，其文本已不再保留" },
  inFunction: { en: ", in {name}", zh: "，在 {name} 中" },
  times: { en: " ({count} times)", zh: "（{count} 次）" },
  more: { en: "… and {count} more", zh: "……另有 {count} 处" },
  thrownIn: { en: "thrown in {place}", zh: "抛出位置：{place}" },
  causedBy: { en: "Caused by ", zh: "起因：" },
  oneOf: { en: "[{index} of {count}] ", zh: "[第 {index} 个，共 {count} 个] " },
  sameErrorAgain: { en: "the same error again", zh: "同一个错误" },
  unreadableError: { en: "an error that cannot be read", zh: "无法读取的错误" },
  uncaught: { en: "Uncaught {value}", zh: "未捕获：{value}" },
  interrupted: { en: "the cell was interrupted; its variables are kept", zh: "单元格已被中断；变量都还在" },

  hint: { en: "Hint: {text}", zh: "提示：{text}" },
  hintNotRun: { en: "`{name}` is declared in a cell that has not run: {cell}. Run that cell first.", zh: "`{name}` 是在一个尚未运行的单元格中声明的：{cell}。请先运行那个单元格。" },
  hintDeclaringCellFailed: { en: "Cell [{count}], which declares `{name}`, ended before it gave it a value. Mend that cell and run it again.", zh: "声明 `{name}` 的单元格 [{count}] 在赋值之前就结束了。请修正并重新运行那个单元格。" },
  hintDeclaredBelow: { en: "`{name}` is declared further down in this cell; move the declaration above its first use.", zh: "`{name}` 在本单元格的后面才声明；请把声明移到第一次使用之前。" },
  hintEdited: { en: "Cell [{count}] has been edited since it ran; what you see here is what ran. Run it again.", zh: "单元格 [{count}] 在运行之后被修改过；这里显示的是当时运行的内容。请重新运行它。" },
  hintDidYouMean: { en: "Did you mean `{name}`?", zh: "是不是想写 `{name}`？" },
  hintConstant: { en: "A name that is declared with const cannot be assigned again; declare it with let.", zh: "用 const 声明的名字不能再次赋值；请改用 let 声明。" },
  hintNew: { en: "A class is made into an object with new: new {name}(…).", zh: "要用 new 由类创建对象：new {name}(…)。" },
  hintThrowError: { en: "What was thrown is no Error, so nobody knows where: write throw new Error(…).", zh: "抛出的不是 Error，因此无法得知位置：请写 throw new Error(…)。" },
  hintRecursion: { en: "A function calls itself without end. Does it have a case in which it stops?", zh: "某个函数无休止地调用自身。它有停止的条件吗？" },

  typeProblem: { en: "{place}: {message}", zh: "{place}：{message}" },
  typeProblemsRefused: { en: "The cell was not run, because it asks for its types to be right first.", zh: "该单元格要求类型先正确，因此没有运行。" },
  hintTensorCondition: { en: "A tensor is an object, and every object counts as true, so this condition always holds. Ask for a number, as in `{text}.item() !== 0`.", zh: "张量是对象，而对象总被当作 true，所以这个条件永远成立。请取出一个数再判断，例如 `{text}.item() !== 0`。" },
  hintTensorIdentity: { en: "`{operator}` asks whether both are one and the same object, not whether their elements are equal. Use {cure}.", zh: "`{operator}` 判断的是二者是否为同一个对象，而不是元素是否相等。请用 {cure}。" },
  tensorCondition: { en: "This condition is a tensor, so it is always true.", zh: "这个条件是张量，因此永远为 true。" },
  tensorNegation: { en: "This negates a tensor, so it is always false.", zh: "这里对张量取反，因此永远为 false。" },
  tensorIdentity: { en: "`{operator}` does not compare the elements of two tensors.", zh: "`{operator}` 不比较两个张量的元素。" },
  hintOperator: { en: "JavaScript's operators work on numbers alone; write {cure}.", zh: "JavaScript 的运算符只能用于数；请写 {cure}。" },
  hintAwait: { en: "This is a promise; write await in front of it to get its value.", zh: "这是一个 Promise；请在前面写 await 取得它的值。" },
  hintNullable: { en: "It may be missing here. Look first, as in `if ({text} !== {missing})`, or write `{text}!` where you know that it is there.", zh: "它在这里可能不存在。请先判断，例如 `if ({text} !== {missing})`；如果确定它存在，可写 `{text}!`。" },
  hintImport: { en: "It is exported by \"{module}\": import { {name} } from \"{module}\"", zh: "它由 \"{module}\" 导出：import { {name} } from \"{module}\"" },
  notRunYet: { en: "Declared in a cell that has not run yet.", zh: "在尚未运行的单元格中声明。" },
  declaredInCell: { en: "Declared in Cell [{count}].", zh: "在单元格 [{count}] 中声明。" },

  nothingKnown: { en: "Nothing is known of `{name}`.", zh: "没有关于 `{name}` 的信息。" },
  parameters: { en: "Parameters", zh: "参数" },
  returns: { en: "Returns", zh: "返回" },
  throws: { en: "Throws", zh: "抛出" },
  example: { en: "Example", zh: "示例" },
  source: { en: "Source: {place}", zh: "源代码：{place}" },

  moduleNotFound: { en: "Cannot find \"{specifier}\".", zh: "找不到 \"{specifier}\"。" },
  lookedIn: { en: "Looked in:", zh: "查找过的位置：" },
  onlyThreeKinds: { en: "Only files, packages and node: modules can be imported.", zh: "只能导入文件、软件包和 node: 模块。" },
  isNameSpelled: { en: "Is the name spelled as the file's?", zh: "名称的拼写与文件一致吗？" },
  noFolder: { en: "There is no folder {folder}.", zh: "没有文件夹 {folder}。" },
  andAbove: { en: "{folder} and the folders above", zh: "{folder} 及其上级文件夹" },
  installIt: { en: "If it is a package, install it: npm install {name}   (in {directory})", zh: "如果它是软件包，请安装：npm install {name}   （在 {directory} 中）" },
  notExported: { en: "The package \"{name}\" does not export \"{subpath}\".", zh: "软件包 \"{name}\" 没有导出 \"{subpath}\"。" },
  incompletePackage: { en: "The package \"{name}\" is not complete: has it been built or installed to the end?", zh: "软件包 \"{name}\" 不完整：它构建或安装完了吗？" },
  notJson: { en: "{path} is not JSON: {reason}", zh: "{path} 不是 JSON：{reason}" },
  importEquals: { en: "`import x = require(\"y\")` is for CommonJS: write import x from \"y\".", zh: "`import x = require(\"y\")` 用于 CommonJS：请写 import x from \"y\"。" },
  usingInLoop: { en: "`using` in the head of a loop is not supported: write it in the body.", zh: "循环头部不支持 `using`：请写在循环体里。" },
  decoratedClassName: { en: "A decorated class needs a name.", zh: "带装饰器的类需要名称。" },
  parameterPropertyPattern: { en: "A parameter property may not be declared with a binding pattern.", zh: "参数属性不能用解构模式声明。" },
  usingAtTop: { en: "`using` at the top of a cell would end with the cell: put it into a block, { using x = … }.", zh: "单元格顶层的 `using` 会随单元格结束：请放进代码块，{ using x = … }。" },
  assignedConstant: { en: "Cannot assign to '{name}' because it is a constant.", zh: "不能给 '{name}' 赋值，因为它是常量。" },
  noImportDefer: { en: "`import defer` is not supported in a cell: write await import(…) where the module is needed.", zh: "单元格不支持 `import defer`：请在需要模块的地方写 await import(…)。" },
  moduleNameInQuotes: { en: "A module's name must be a string in quotes.", zh: "模块名必须是带引号的字符串。" },
  enumMemberName: { en: "An enum member's name must be an identifier or a string.", zh: "枚举成员的名称必须是标识符或字符串。" },
  noInput: { en: "this front end does not take input, so prompt() and confirm() cannot ask; set the value in the cell instead", zh: "此前端不接受输入，prompt() 和 confirm() 无法提问；请直接在单元格中写出该值" },
  noSuchExport: { en: "the module \"{specifier}\" has no export named \"{name}\"", zh: "模块 \"{specifier}\" 没有名为 \"{name}\" 的导出" },
  commClosed: { en: "the comm to \"{target}\" is closed; open another one with comm(\"{target}\")", zh: "到 \"{target}\" 的 comm 已关闭；请用 comm(\"{target}\") 再打开一个" },
  allLost: { en: "All variables are lost; a fresh process has been started. Run the cells again from the top.", zh: "所有变量都已丢失；新的进程已启动。请从头重新运行单元格。" },
  didNotStart: { en: "The process that runs cells did not start ({cause}).", zh: "运行单元格的进程没有启动（{cause}）。" },
  outOfMemory: { en: "The cell used up the memory that JavaScript may have, and its process ended.", zh: "该单元格用尽了 JavaScript 可用的内存，其进程已结束。" },
  exited: { en: "The process that runs cells ended with exit code {code}: process.exit() was called.", zh: "运行单元格的进程以退出码 {code} 结束：调用了 process.exit()。" },
  killed: { en: "The process that runs cells was killed (SIGKILL), which is what a system does when memory runs out.", zh: "运行单元格的进程被杀死（SIGKILL）；内存耗尽时系统会这样做。" },
  stuck: { en: "The cell was interrupted while native code ran that cannot be stopped, so its process was ended after two seconds.", zh: "单元格被中断时正在运行无法停止的原生代码，因此两秒后结束了它的进程。" },
  crashed: { en: "The process that runs cells crashed ({cause}), most likely in native code.", zh: "运行单元格的进程崩溃了（{cause}），很可能是在原生代码中。" },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type MessageKey = keyof typeof MESSAGES;
