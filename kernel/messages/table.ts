/**
 * What the kernel says to the person at the notebook, in every language that it speaks.
 *
 * `{name}` stands for what the caller puts in. Names of errors, of files and of code are not translated.
 */

/** The languages, by the tag that `NABLA_LANG` takes. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

export const MESSAGES = {
  cellLine: { en: "Cell [{count}], line {line}", zh: "单元格 [{count}]，第 {line} 行" },
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
  hintConstant: { en: "`{name}` is declared with const, which cannot be assigned again; declare it with let.", zh: "`{name}` 用 const 声明，不能再次赋值；请改用 let 声明。" },
  hintNew: { en: "A class is made into an object with new: new {name}(…).", zh: "要用 new 由类创建对象：new {name}(…)。" },
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

  parameters: { en: "Parameters", zh: "参数" },
  returns: { en: "Returns", zh: "返回" },
  throws: { en: "Throws", zh: "抛出" },
  example: { en: "Example", zh: "示例" },
  source: { en: "Source: {place}", zh: "源代码：{place}" },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type MessageKey = keyof typeof MESSAGES;
