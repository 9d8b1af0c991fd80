"""Makes NablaHan-Regular.otf: the Chinese letters that pictures of charts are drawn with.

It is Noto Sans Hans Regular, copyright 2014 Adobe, cut down to the 6,763 letters of the standard GB 2312 and Chinese
punctuation. The file itself is under the Apache License 2.0; the package that it comes in adds the SIL Open Font License 1.1
(OFL.txt). Its name is another one, as the second asks of changed versions.

    npm pack @embedpdf/fonts-sc@1.0.0 && tar xzf embedpdf-fonts-sc-1.0.0.tgz
    pip install fonttools==4.68.0 && python subset.py package/fonts/NotoSansHans-Regular.otf
"""

import sys
from pathlib import Path

from fontTools import subset

NAME = "Nabla Han"


def gb2312():
    """Every letter and sign of the standard that a Latin font has not."""
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                letter = bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue
            if ord(letter) >= 0x2E80:
                yield ord(letter)


def main():
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "DSIG"]
    font = subset.load_font(sys.argv[1], options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(set(gb2312())))
    subsetter.subset(font)
    compact = NAME.replace(" ", "")
    for record in font["name"].names:
        record.string = {1: NAME, 3: f"{compact}-Regular", 4: NAME, 6: f"{compact}-Regular"}.get(record.nameID, record.toUnicode())
    top = font["CFF "].cff
    top.fontNames = [f"{compact}-Regular"]
    top.topDictIndex[0].FamilyName = NAME
    top.topDictIndex[0].FullName = NAME
    font["head"].modified = font["head"].created  # the same bytes every time
    font.recalcTimestamp = False
    subset.save_font(font, str(Path(__file__).parent / f"{compact}-Regular.otf"), options)


main()
