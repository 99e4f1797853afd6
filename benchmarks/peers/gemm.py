"""Matrix products in PyTorch, as a peer for `gestalt bench gemm-f32 gemm-bf16 --peer torch`.

A line protocol like that of train_gpt2.py: it prints {"ready": true}; for every line "M N K REPEATS" on stdin it computes
C(M,N) = A(M,K) B(N,K)^T, the product a linear layer computes, REPEATS times and prints {"seconds": S}. In bfloat16 the
result is bfloat16 too, as PyTorch gives it.
"""
import argparse
import json
import sys
import time

import torch
from torch.nn import functional as F


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    print(json.dumps({"ready": True, "peer": "torch " + torch.__version__}), flush=True)
    with torch.no_grad():
        for line in sys.stdin:
            m, n, k, repeats = (int(word) for word in line.split())
            a, b = torch.randn(m, k).to(dtype), torch.randn(n, k).to(dtype)
            F.linear(a, b)
            began = time.perf_counter()
            for _ in range(repeats):
                F.linear(a, b)
            print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
