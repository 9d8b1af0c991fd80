"""Writes recorded-augmentation.json: pictures moved, bent, smoothed and coloured by SciPy, PyTorch and Pillow's formulas.

Run with a Python that has numpy, scipy and torch: python recorded-augmentation.py
"""
import json, math, pathlib
import numpy as np
import scipy.ndimage as nd
import torch
import torch.nn.functional as F

random = np.random.default_rng(5)
image = random.random((2, 7, 9))
square = random.random((1, 8, 8))
floats = lambda a: [float(f"{x:.9g}") for x in np.asarray(a, dtype=np.float64).ravel()]
modes = {"edge": "nearest", "mirror": "mirror", "constant": "grid-constant"}
each = lambda a, f: np.stack([f(channel) for channel in a])

rotations = [{"degrees": d, "border": b, "values": floats(each(image, lambda c: nd.rotate(c, d, reshape=False, order=1, mode=m)))}
             for d in (30, -100) for b, m in modes.items()]
shifts = [{"translate": [1.25, -2.5], "border": b, "values": floats(each(image, lambda c: nd.shift(c, (-2.5, 1.25), order=1, mode=m)))} for b, m in modes.items()]


def by_matrix(degrees, across, down, scale, shear):
    # The middle stays; a picture is slanted, then turned and zoomed, then shifted; rows count downwards.
    t, s = math.radians(degrees), math.tan(math.radians(shear))
    turn = scale * np.array([[math.cos(t), math.sin(t)], [-math.sin(t), math.cos(t)]])
    inverse = np.linalg.inv(turn @ np.array([[1, s], [0, 1]]))
    n = square.shape[1]
    # In affine_grid's units, in which the picture's edges are at -1 and 1.
    theta = np.hstack([inverse, inverse @ np.array([[-across], [-down]]) * 2 / n])
    grid = F.affine_grid(torch.tensor(theta)[None], [1, 1, n, n], align_corners=False)
    return F.grid_sample(torch.tensor(square)[None], grid, align_corners=False, padding_mode="zeros").numpy()


affines = [{"degrees": d, "translate": [x, y], "scale": z, "shear": s, "values": floats(by_matrix(d, x, y, z, s))}
           for d, x, y, z, s in [(25, 1, -0.5, 1.3, 0), (0, 0, 0, 0.7, 20), (-70, 0.4, 2, 1, -15)]]
field = random.uniform(-3, 3, (2, 7, 9))
rows, columns = np.mgrid[0:7, 0:9].astype(float)
bent = each(image, lambda c: nd.map_coordinates(c, [rows + field[1], columns + field[0]], order=1, mode="mirror"))
smooth = each(image, lambda c: nd.gaussian_filter(c, 1.3, mode="constant", truncate=4))

# Brightness, contrast and saturation as Pillow's ImageEnhance defines them, in floats.
colour = random.random((3, 4, 5))
grey = lambda c: np.tensordot([0.299, 0.587, 0.114], c, 1)
blend = lambda c, other, factor: np.clip(other + factor * (c - other), 0, 1)
changed = np.clip(colour * 1.2, 0, 1)
changed = blend(changed, grey(changed).mean(), 0.6)
changed = blend(changed, grey(changed), 1.7)

pathlib.Path(__file__).with_name("recorded-augmentation.json").write_text(json.dumps({
    "image": floats(image), "square": floats(square), "rotations": rotations, "shifts": shifts, "affines": affines,
    "field": floats(field), "bent": floats(bent), "sigma": 1.3, "smooth": floats(smooth),
    "colour": floats(colour), "factors": {"brightness": 1.2, "contrast": 0.6, "saturation": 1.7}, "coloured": floats(changed)}) + "\n")
