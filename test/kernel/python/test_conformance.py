"""The suite with which Jupyter checks kernels: every message is validated against the protocol's schemas."""

import jupyter_kernel_test


class NablaKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "nabla-test"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    complete_code_samples = ["1", "const f = (x: number) => x * 2;", "for (let i = 0; i < 3; i++) { i }", "await 1"]
    incomplete_code_samples = ["function f() {", "const s = `half", "[1, 2,", "class A {\n  x = 1;"]
    invalid_code_samples = ["let x = (;", "1 = = 2", "'half\nnext"]
    code_generate_error = 'throw new Error("boo")'
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "[1, 2].map((x) => x * 2)", "result": "[ 2, 4 ]"},
        {"code": "6 * 7", "result": "42"},
        {
            "code": '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>hi</b>", "text/plain": "hi" }) })',
            "mime": "text/html",
            "result": "<b>hi</b>",
        },
    ]
    code_display_data = [
        {"code": 'display({ [Symbol.for("Jupyter.display")]: () => ({ "text/markdown": "*hi*" }) })', "mime": "text/markdown"},
        {"code": "display(5)", "mime": "text/plain"},
    ]
    code_history_pattern = "1?+?1"
    supported_history_operations = ("tail", "range", "search")
    code_clear_output = "clearOutput()"
    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "class Net { forward() {} }\nnew Net().", "matches": {"forward"}},
    ]
    code_inspect_sample = "Math.max"
    code_page_something = "Math.max?"


class NablaWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "nabla-test"
    support_iopub_welcome = True
