"""Writes recorded-pictures.json: small PNG and JPEG pictures that Pillow writes, as base64, with the pixels it reads from them.

Run with a Python that has Pillow and numpy: python recorded-pictures.py
"""
import base64, io, json, pathlib
import numpy as np
from PIL import Image

row, column = np.mgrid[0:12, 0:16]
colour = np.stack([row * 20, column * 15, (row + column) * 9], axis=2).astype(np.uint8)


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def record(name, image, form, **options):
    content = saved(image, form, **options)
    read = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    return {"name": name, "bytes": base64.b64encode(content).decode(), "shape": [3, *read.shape[:2]], "pixels": read.transpose(2, 0, 1).ravel().tolist()}


sideways = Image.Exif()
sideways[0x0112] = 6  # to be turned a quarter to the right
transparent = np.dstack([colour, np.where(column < 8, 255, 0).astype(np.uint8)])
pictures = [
    record("colour.png", Image.fromarray(colour), "PNG"),
    record("grey.png", Image.fromarray(colour[:, :, 0]), "PNG"),
    record("palette.png", Image.fromarray(colour).quantize(16), "PNG"),
    record("colour.jpg", Image.fromarray(colour), "JPEG", quality=95, subsampling=0),
    record("grey.jpg", Image.fromarray(colour[:, :, 0]), "JPEG", quality=95),
    record("progressive.jpeg", Image.fromarray(colour), "JPEG", quality=95, subsampling=0, progressive=True),
]
turned = np.rot90(colour, -1)
white = colour.copy()
white[:, 8:] = 255
result = {
    "pictures": pictures,
    "sideways": {"bytes": base64.b64encode(saved(Image.fromarray(colour), "PNG", exif=sideways)).decode(), "shape": [3, *turned.shape[:2]], "pixels": turned.transpose(2, 0, 1).ravel().tolist()},
    "transparent": {"bytes": base64.b64encode(saved(Image.fromarray(transparent), "PNG")).decode(), "shape": [3, 12, 16], "pixels": white.transpose(2, 0, 1).ravel().tolist()},
}
pathlib.Path(__file__).with_name("recorded-pictures.json").write_text(json.dumps(result) + "\n")
