"""A kernelspec of this checkout's kernel in a folder of its own, for jupyter_client to find."""

import json
import os
import pathlib
import tempfile

KERNEL = pathlib.Path(__file__).resolve().parents[3] / "dist" / "kernel" / "main.js"

# Made when pytest loads this file, because the conformance suite starts its kernel from a class method.
_root = tempfile.TemporaryDirectory(prefix="nabla-kernelspec-")
_spec = pathlib.Path(_root.name) / "kernels" / "nabla-test"
_spec.mkdir(parents=True)
(_spec / "kernel.json").write_text(
    json.dumps(
        {
            "argv": [os.environ.get("NABLA_NODE", "node"), str(KERNEL), "--connection-file", "{connection_file}"],
            "display_name": "Nabla under test",
            "language": "typescript",
            "interrupt_mode": "message",
            "metadata": {"supported_encryption": ["curve"]},
        }
    )
)
os.environ["JUPYTER_PATH"] = _root.name
os.environ["NABLA_HISTORY"] = str(pathlib.Path(_root.name) / "history")


def pytest_unconfigure():
    _root.cleanup()
