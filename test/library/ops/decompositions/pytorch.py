"""What PyTorch computes for the cases of decompositions."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "checks"))
import torch
from recording import Recorder

la = torch.linalg
recorder = Recorder(__file__, seed=11)
record = recorder.record


def dominant(a):
    return a + 4 * torch.eye(a.shape[-1], dtype=a.dtype)


def symmetric(a):
    return a + a.mT


def positive(a):
    return a @ a.mT + torch.eye(a.shape[-2], dtype=a.dtype)


def over(shapes, name, function):
    for shape in shapes:
        record(f"{name} of {' x '.join(map(str, shape))}", function, shape)


square = [(3, 3), (1, 1), (2, 4, 4), (0, 0), (0, 3, 3)]
anything = [(4, 3), (3, 4), (3, 3), (2, 5, 2), (1, 1)]


def thin_svd(a):
    u, s, vh = la.svd(a, full_matrices=False)
    return u.square(), s, vh.square(), u @ vh


def eigh(a):
    values, vectors = la.eigh(symmetric(a))
    return values, vectors.square()


def eig(a):
    values, vectors = la.eig(a)
    weights = vectors.real.square() + vectors.imag.square()
    squares = values.real.square() - values.imag.square()
    return weights @ values.real.unsqueeze(-1), weights @ values.imag.square().unsqueeze(-1), squares.sum(-1)


def power_sums(a):
    values = la.eigvals(a)
    return values.real.sum(-1), (values.real.square() - values.imag.square()).sum(-1)


over(square, "inv", lambda a: la.inv(dominant(a)))
over(square, "det", la.det)
over(square, "slogdet", lambda a: tuple(la.slogdet(dominant(a))))
record("solve for columns", lambda a, b: la.solve(dominant(a), b), (2, 3, 3), (2, 3, 2))
record("solve for a vector", lambda a, b: la.solve(dominant(a), b), (3, 3), (3,))
record("solve for one vector a matrix", lambda a, b: la.solve(dominant(a), b), (2, 3, 3), (2, 3))
record("solve with broadcast batches", lambda a, b: la.solve(dominant(a), b), (2, 1, 3, 3), (4, 3, 2))
record("solve of nothing", lambda a, b: la.solve(dominant(a), b), (0, 3, 3), (3, 2))
for upper in (True, False):
    record(f"solveTriangular, upper {str(upper).lower()}", lambda t, b: la.solve_triangular(dominant(t), b, upper=upper), (2, 4, 4), (4, 3))
record("solveTriangular from the right", lambda t, b: la.solve_triangular(dominant(t), b, upper=True, left=False), (3, 3), (2, 3))
record("solveTriangular with ones on the diagonal", lambda t, b: la.solve_triangular(t, b, upper=False, unitriangular=True), (3, 3), (3, 2))
over([(3, 3), (1, 1), (2, 4, 3)], "cholesky", lambda a: la.cholesky(positive(a)))
record("cholesky, the upper triangle", lambda a: la.cholesky(positive(a), upper=True), (3, 3))
over(anything, "qr", lambda a: tuple(la.qr(a)))
record("qr, the size of R's elements", lambda a: la.qr(a).R.abs(), (5, 3))
record("qr, complete", lambda a: tuple(la.qr(a, mode="complete")), (4, 2), gradients=False)
over([(3, 3), (1, 1), (2, 4, 4)], "eigh", eigh)
record("eigh, the upper triangle", lambda a: la.eigvalsh(a, UPLO="U"), (3, 3), gradients=False)
over(anything, "svd", thin_svd)
over([(4, 3), (2, 3, 4)], "singular values", la.svdvals)
over([(4, 3), (3, 4), (3, 3), (2, 4, 2)], "pinv", la.pinv)
for shape in [(5, 3), (3, 5), (2, 4, 3)]:
    record(f"lstsq of {' x '.join(map(str, shape))}", lambda a, b: la.lstsq(a, b).solution, shape, (*shape[:-1], 2))
over([(3, 3), (1, 1), (2, 4, 4)], "eig", eig)
record("eig, the sum of eigenvalues and of their squares", power_sums, (2, 5, 5))
for order in ("fro", "nuc", 2, -2, 1, -1, float("inf"), float("-inf")):
    name = {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(order, order)
    record(f"matrixNorm {name}", lambda a: la.matrix_norm(a, order), (2, 3, 4))
record("matrixPower", lambda a: (la.matrix_power(a, 5), la.matrix_power(dominant(a), -2), la.matrix_power(a, 0)), (3, 3))
recorder.write()
