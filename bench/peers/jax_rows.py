"""The rows that are compared with JAX: compiled functions, each waited for. JAX takes all processors it may use."""
import functools
import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax

from serving import labels, numbers, sampled, serve


def product(size):
    def row():
        a, b = (jax.numpy.asarray(numbers((size, size), seed)) for seed in (1, 2))
        multiply = jax.jit(lambda a, b: a @ b)
        return lambda: multiply(a, b).block_until_ready(), lambda: sampled(multiply(a, b))

    return row


def training_step():
    """One compiled SGD step of the network of two layers; the result is the loss of the first ten."""
    x, y = jax.numpy.asarray(numbers((64, 784), 1, 2)), jax.numpy.asarray(labels(64, 10))
    drawn = [((128, 784), 2, 2 / 784**0.5), ((128,), 3, 0.1), ((10, 128), 4, 2 / 128**0.5), ((10,), 5, 0.1)]
    state = [jax.numpy.asarray(numbers(*each)) for each in drawn]

    def loss_of(parameters, x, y):
        w1, b1, w2, b2 = parameters
        scores = jax.nn.relu(x @ w1.T + b1) @ w2.T + b2
        return -jax.nn.log_softmax(scores)[jax.numpy.arange(64), y].mean()

    @functools.partial(jax.jit, donate_argnums=0)
    def update(parameters, x, y):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
        return [parameter - 0.1 * gradient for parameter, gradient in zip(parameters, gradients)], loss

    def step():
        nonlocal state
        state, loss = update(state, x, y)
        jax.block_until_ready(state)
        return loss

    return step, lambda: [float(step()) for _ in range(10)]


ROWS = {
    **{f"sgemm-{size}": product(size) for size in (256, 512, 1024, 2048)},
    "mlp-sgd": training_step,
}

if __name__ == "__main__":
    serve(jax.__version__, ROWS)
