"""Writes recorded.json: files that NumPy and the safetensors package write, as base64, with the values they hold.

Run with a Python that has numpy and safetensors: python recorded.py
"""
import base64
import io
import json
import pathlib

import numpy as np
import safetensors
import safetensors.numpy

rng = np.random.RandomState(7)


def npy(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def npz(write, **arrays):
    stream = io.BytesIO()
    write(stream, **arrays)
    return stream.getvalue()


def kept(content, array, dtype):
    return {"file": base64.b64encode(content).decode(), "shape": list(array.shape), "dtype": dtype,
            "values": array.astype(np.float64).ravel().tolist()}


matrix = rng.randn(3, 4)
integers = rng.randint(-100, 100, (2, 3, 2))
arrays = {
    "float32": (matrix.astype("<f4"), "float32"),
    "float64": (matrix, "float64"),
    "float16": (matrix.astype("<f2"), "float32"),
    "half corners": (np.array([65504, 6e-8, -0.0, 2**-14, 1 / 3], "<f2"), "float32"),
    "big-endian float64": (matrix.astype(">f8"), "float64"),
    "big-endian int16": (integers.astype(">i2"), "int32"),
    "int8": (integers.astype("i1"), "int32"),
    "int16": (integers.astype("<i2"), "int32"),
    "int32": (integers.astype("<i4"), "int32"),
    "int64": (integers.astype("<i8"), "int32"),
    "int64 corners": (np.array([2**31 - 1, -2**31]), "int32"),
    "uint8": (np.abs(integers).astype("u1"), "uint8"),
    "uint16": (np.abs(integers).astype("<u2"), "int32"),
    "uint32": (np.abs(integers).astype("<u4"), "int32"),
    "uint64": (np.abs(integers).astype("<u8"), "int32"),
    "bool": (matrix > 0, "bool"),
    "Fortran order": (np.asfortranarray(integers.astype("<i4")), "int32"),
    "Fortran order matrix": (np.asfortranarray(matrix), "float64"),
    "scalar": (np.array(2.5), "float64"),
    "empty": (np.zeros((0, 3), "<f4"), "float32"),
    "one row": (matrix[:1], "float64"),
}
kept_npy = {name: kept(npy(array), array, dtype) for name, (array, dtype) in arrays.items()}
for version in ((1, 0), (2, 0), (3, 0)):
    kept_npy[f"version {version[0]}.{version[1]}"] = kept(npy(matrix, version), matrix, "float64")
too_wide = {name: base64.b64encode(npy(array)).decode() for name, array in {
    "int64": np.array([1, 2**31]), "uint32": np.array([1, 2**31], "<u4"), "negative int64": np.array([1, -2**31 - 1]), "uint64": np.array([1, 2**63], "<u8"),
}.items()}
refused = {
    "objects": base64.b64encode(npy(np.array([{}], dtype=object))).decode(),
    "text": base64.b64encode(npy(np.array(["a"]))).decode(),
    "fields": base64.b64encode(npy(np.zeros(2, [("x", "<f4"), ("y", "<f4")]))).decode(),
    "complex": base64.b64encode(npy(np.zeros(2, complex))).decode(),
}
weights = {"a.weight": matrix.astype("<f4"), "b": integers.astype("<i8"), "mask": matrix > 0, "half": matrix.astype("<f2"), "scalar": np.array(3.0), "empty": np.zeros((2, 0), "u1")}
here = pathlib.Path(__file__).parent
(here / "recorded.json").write_text(json.dumps({
    "numpy": np.__version__,
    "safetensors": safetensors.__version__,
    "npy": kept_npy,
    "tooWide": too_wide,
    "refused": refused,
    "npz": {
        "stored": base64.b64encode(npz(np.savez, weight=matrix, labels=integers)).decode(),
        "compressed": base64.b64encode(npz(np.savez_compressed, weight=matrix, labels=integers)).decode(),
        "weight": matrix.ravel().tolist(),
        "labels": integers.ravel().tolist(),
    },
    "weights": {
        "file": base64.b64encode(safetensors.numpy.save(weights, {"epoch": "3"})).decode(),
        "tensors": {name: {"shape": list(array.shape), "values": array.astype(np.float64).ravel().tolist()} for name, array in weights.items()},
    },
}, indent=1) + "\n")
