"""Runs a notebook from top to bottom on a fresh kernel and saves it with its outputs, the same bytes every time.

`python run_notebook.py SOURCE TARGET [SECONDS]`: TARGET is written only when every cell has run; SECONDS (default 600) is
the longest that one cell may take. The notebook runs in TARGET's folder. Exit status 1 with the cell's error on stderr
when a cell fails. The last line on stdout is the seconds it took.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = str(Path(__file__).resolve().parents[1])
KERNEL = {"name": "nabla", "display_name": "TypeScript (Nabla)", "language": "typescript"}


def clear(notebook):
    """Takes away what an earlier run left, so that nothing old can pass for a result."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None


def normalise(notebook):
    """Keeps what is the chapter's own: sources, tags, outputs and counts; no timings, no editor state, no path of this machine.

    What the kernel says of its language stays as it is: JupyterLab writes it into every notebook that it opens, and a
    chapter that has it already is not marked as changed.
    """
    language = notebook.metadata.language_info
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": language})
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        # An error that is shown on purpose says where in the library it was thrown.
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [line.replace(ROOT + "/", "") for line in output.traceback]


def main(source, target, seconds=600):
    notebook = nbformat.read(source, as_version=4)
    clear(notebook)
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=seconds,
        resources={"metadata": {"path": str(Path(target).resolve().parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    started = time.monotonic()
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(error, file=sys.stderr)
        return 1
    elapsed = time.monotonic() - started
    normalise(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, target)
    print(f"{elapsed:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], *map(int, sys.argv[3:4])))
