"""The rows of convolution in PyTorch with channels innermost in memory: pytorch_channels_last_rows.py THREADS"""
import sys

import torch

from convolution_rows import convolution_rows
from serving import serve

if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    serve(torch.__version__, convolution_rows(torch.channels_last))
