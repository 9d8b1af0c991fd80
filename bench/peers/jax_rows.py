"""The rows that are compared with JAX: compiled functions, each waited for. JAX takes all processors it may use."""
import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax

from serving import numbers, sampled, serve


def product(size):
    def row():
        a, b = (jax.numpy.asarray(numbers((size, size), seed)) for seed in (1, 2))
        multiply = jax.jit(lambda a, b: a @ b)
        return lambda: multiply(a, b).block_until_ready(), lambda: sampled(multiply(a, b))

    return row


ROWS = {f"sgemm-{size}": product(size) for size in (256, 512, 1024, 2048)}

if __name__ == "__main__":
    serve(jax.__version__, ROWS)
