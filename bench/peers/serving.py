"""What the peers share: the loop that answers questions line by line, and the inputs, equal to bench/inputs.mjs.

A question is one line of JSON, and so is its answer:
  {"hello": true}      {"version": ...}
  {"prepare": ROW}     {"result": [numbers]}, to be compared with Nabla's; with "sizes" where the row can be of several
  {"times": N}         {"seconds": S}: how long the prepared row's work took N times
Where something goes wrong the answer is {"failure": TEXT}, and the next question is waited for.
"""
import json
import sys
import time

import numpy


def numbers(shape, seed, scale=1.0):
    """float32 numbers from -scale / 2 to scale / 2."""
    mask = numpy.uint64(0xFFFFFFFF)
    count = int(numpy.prod(shape))
    bits = (numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(seed * 0x10001)) * numpy.uint64(0x9E3779B1) & mask
    bits = (bits ^ (bits >> numpy.uint64(15))) * numpy.uint64(0x2C1B3C6D) & mask
    bits = bits ^ (bits >> numpy.uint64(12))
    return ((bits / 2**32 - 0.5) * scale).astype(numpy.float32).reshape(shape)


def labels(count, classes):
    """Labels from 0 to classes - 1."""
    positions = numpy.arange(count)
    return (positions * 7 + (positions >> 3)) % classes


def sampled(values):
    """About a thousand of the values, evenly spread."""
    flat = numpy.asarray(values).reshape(-1)
    return [float(value) for value in flat[:: max(1, flat.size // 1000)]]


def moments(values):
    """What two streams of normal numbers have in common: mean, deviation, and the part within one deviation."""
    values = numpy.asarray(values, dtype=numpy.float64)
    return [float(values.mean()), float(values.std()), float((abs(values) < 1).mean())]


def serve(version, rows, finish=lambda: None):
    """Answers until the input ends. `rows` has a function by name that returns (step, result); it is given the sizes where there are any.
    `finish` waits for what steps have only started."""
    step = result = None

    def answer_to(question):
        nonlocal step, result
        if "prepare" in question:
            step = result = None  # their memory is free before the next row takes its own
            step, result = rows[question["prepare"]](**question.get("sizes", {}))
            return {"result": result()}
        if "times" in question:
            begin = time.perf_counter()
            for _ in range(question["times"]):
                step()
            finish()
            return {"seconds": time.perf_counter() - begin}
        return {"version": version}

    for line in sys.stdin:
        try:
            answer = answer_to(json.loads(line))
        except Exception as error:
            step = result = None
            answer = {"failure": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
