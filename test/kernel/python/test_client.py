"""The kernel as jupyter_client sees it: the client that JupyterLab's server, nbconvert and nbclient use."""

import time

import pytest
from jupyter_client.manager import start_new_kernel

TIMEOUT = 20


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="nabla-test")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel()


def run(client, code, **options):
    """Runs a cell to its end; gives its reply and what it published."""
    published = []
    reply = client.execute_interactive(code, timeout=TIMEOUT, output_hook=published.append, allow_stdin=False, **options)
    return reply["content"], published


def printed(published, name="stdout"):
    return "".join(m["content"]["text"] for m in published if m["msg_type"] == "stream" and m["content"]["name"] == name)


def value(published):
    return next(m["content"]["data"]["text/plain"] for m in published if m["msg_type"] == "execute_result")


def wait_for_text(client, msg_id, text):
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == msg_id and text in message["content"].get("text", ""):
            return


def finish(client, msg_id):
    while True:
        reply = client.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"]["msg_id"] == msg_id:
            break
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == msg_id and message["content"].get("execution_state") == "idle":
            return reply["content"]


def test_lines_all_arrive_before_idle_in_order(kernel):
    _, client = kernel
    _, published = run(client, "for (let i = 0; i < 50_000; i++) console.log(i)")
    assert printed(published) == "".join(f"{i}\n" for i in range(50_000))


@pytest.mark.parametrize(
    "code",
    [
        'console.log("running"); while (true) {}',
        'console.log("running"); await new Promise(() => {})',
        'setTimeout(() => { console.log("running"); while (true) {} }, 1); await new Promise(() => {})',
        'await 1; console.log("running"); while (true) {}',
    ],
)
def test_the_manager_interrupts_and_variables_are_kept(kernel, code):
    manager, client = kernel
    run(client, "let kept = 41")
    msg_id = client.execute(code)
    wait_for_text(client, msg_id, "running")
    began = time.monotonic()
    manager.interrupt_kernel()
    reply = finish(client, msg_id)
    assert time.monotonic() - began < 2
    assert reply["status"] == "error"
    assert reply["ename"] == "KeyboardInterrupt"
    assert value(run(client, "kept + 1")[1]) == "42"


def test_input_is_asked_for_and_answered(kernel):
    _, client = kernel
    published = []

    def answer(message):
        assert message["content"] == {"prompt": "name? ", "password": False}
        client.input("Ada")

    client.execute_interactive('prompt("name? ")', timeout=TIMEOUT, allow_stdin=True, stdin_hook=answer, output_hook=published.append)
    assert value(published) == "'Ada'"


def test_user_expressions_and_error_replies(kernel):
    _, client = kernel
    reply, _ = run(client, "let n = 3", user_expressions={"twice": "n * 2"})
    assert reply["user_expressions"]["twice"]["data"]["text/plain"] == "6"
    reply, _ = run(client, "nowhere", stop_on_error=False)
    assert reply["ename"] == "ReferenceError"


def test_a_comm_echoes_buffers(kernel):
    _, client = kernel
    _, published = run(
        client,
        'const c = globalThis[Symbol.for("Jupyter.host")].comm("py"); c.onMessage(({ data, buffers }) => c.send({ twice: data.n * 2 }, buffers))',
    )
    comm_id = next(m["content"]["comm_id"] for m in published if m["msg_type"] == "comm_open")
    message = client.session.msg("comm_msg", {"comm_id": comm_id, "data": {"n": 21}})
    client.session.send(client.shell_channel.socket, message, buffers=[b"\x00\x01\xff"])
    while True:
        answer = client.get_iopub_msg(timeout=TIMEOUT)
        if answer["msg_type"] == "comm_msg":
            break
    assert answer["content"]["data"] == {"twice": 42}
    assert [bytes(b) for b in answer["buffers"]] == [b"\x00\x01\xff"]


def test_a_session_is_encrypted_where_the_manager_demands_it():
    manager, client = start_new_kernel(kernel_name="nabla-test", transport_encryption="required")
    try:
        assert manager.get_connection_info()["curve_secretkey"]
        assert value(run(client, "6 * 7")[1]) == "42"
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=TIMEOUT)
        assert value(run(client, "1 + 1")[1]) == "2"
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def test_history_survives_a_restart():
    manager, client = start_new_kernel(kernel_name="nabla-test")
    try:
        run(client, "'before the restart'")
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=TIMEOUT)
        reply = client.history(hist_access_type="tail", n=1, output=True, raw=True, reply=True, timeout=TIMEOUT)
        _, line, entry = reply["content"]["history"][0]
        assert (line, entry) == (1, ["'before the restart'", "'before the restart'"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def test_a_forged_message_is_dropped_and_the_session_lives_on(kernel):
    _, client = kernel
    run(client, "let safe = 1")
    message = client.session.msg("execute_request", {"code": "safe = 666", "silent": False})
    frames = client.session.serialize(message)
    frames[1] = b"0" * 64
    client.shell_channel.socket.send_multipart(frames)
    assert value(run(client, "safe")[1]) == "1"


def test_a_process_that_ends_is_an_error_and_not_a_dead_kernel(kernel):
    manager, client = kernel
    reply, _ = run(client, "process.exit(7)")
    assert reply["ename"] == "ProcessExit"
    assert manager.is_alive()
    assert value(run(client, "1 + 1")[1]) == "2"


def test_restart_gives_a_fresh_session(kernel):
    manager, client = kernel
    run(client, "let gone = 1")
    manager.restart_kernel(now=False)
    client.wait_for_ready(timeout=TIMEOUT)
    reply, published = run(client, "typeof gone")
    assert reply["execution_count"] == 1
    assert value(published) == "'undefined'"
