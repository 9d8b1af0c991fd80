"""Writes recorded-archives.json: tape archives that Python's tarfile writes in its three formats, as base64.

Run with any Python: python recorded-archives.py
"""
import base64, io, json, pathlib, tarfile

long_name = "/".join(["a-folder-with-a-long-name"] * 5) + "/" + "file" * 30 + ".txt"
files = [["plain.txt", "plain"], ["größe/深.txt", "UTF-8"], ["folder/" * 15 + "file.txt", "prefix"], ["empty", ""]]


def archive(form, entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return base64.b64encode(out.getvalue()).decode()


everything = files + [[long_name, "long"], ["last", "x" * 600]]
result = {
    "files": everything,
    "archives": {"gnu": archive(tarfile.GNU_FORMAT, everything), "pax": archive(tarfile.PAX_FORMAT, everything)},
    "ustarFiles": files,
    "ustar": archive(tarfile.USTAR_FORMAT, files),
}
pathlib.Path(__file__).with_name("recorded-archives.json").write_text(json.dumps(result, ensure_ascii=False) + "\n")
