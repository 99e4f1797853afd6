"""GPT-2 in plain PyTorch, as a peer for `gestalt bench train-124m --peer torch`.

The published architecture (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): learned positions,
LayerNorm before each part, one joint projection to query, key and value, GELU, tied embeddings. The GELU is the exact one:
PyTorch 1.13 computes it several times faster than GPT-2's tanh form, and a peer is given its best.

Speaks a line protocol, so that the two sides can take turns on one quiet machine: it prints {"ready": true}, then for every
line N on stdin it trains N steps and prints {"seconds": S, "tokens": T, "loss": L}. It ends with its input.
"""
import argparse
import contextlib
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.norm_feed_forward = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)
        future = torch.ones(context, context, dtype=torch.bool).triu(1)
        self.register_buffer("future", future, persistent=False)

    def attend(self, x):
        batch, length, width = x.shape
        head_width = width // self.heads
        query, key, value = (part.view(batch, length, self.heads, head_width).transpose(1, 2)
                             for part in self.query_key_value(x).split(width, dim=2))
        scores = (query * head_width ** -0.5) @ key.transpose(2, 3)      # (B,H,T,T)
        scores = scores.masked_fill(self.future[:length, :length], -math.inf)
        mixed = F.softmax(scores, dim=3) @ value                          # (B,H,T,D)
        return self.attention_out(mixed.transpose(1, 2).reshape(batch, length, width))

    def forward(self, x):
        x = x + self.attend(self.norm_attention(x))
        return x + self.contract(F.gelu(self.expand(self.norm_feed_forward(x))))


class Gpt2(nn.Module):
    def __init__(self, vocabulary, context, layers, heads, width):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, context) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                residual = name.endswith(("attention_out.weight", "contract.weight"))
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * layers) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def loss(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.norm(x), self.tokens.weight)               # (B,T,V)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32", help="bfloat16 is autocast over float32 weights")
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--time", type=int, default=256, help="tokens in a row")
    options.add_argument("--vocabulary", type=int, default=50304, help="50257, rounded up to a multiple of 64")
    options.add_argument("--layers", type=int, default=12)
    options.add_argument("--heads", type=int, default=12)
    options.add_argument("--width", type=int, default=768)
    options = options.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = Gpt2(options.vocabulary, options.time, options.layers, options.heads, options.width)
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], lr=6e-4, betas=(0.9, 0.95))
    ids = torch.randint(options.vocabulary, (options.batch, options.time + 1))
    inputs, targets = ids[:, :-1].contiguous(), ids[:, 1:].contiguous()

    def precision():
        return torch.autocast("cpu", dtype=torch.bfloat16) if options.dtype == "bfloat16" else contextlib.nullcontext()

    def step():
        with precision():
            loss = model.loss(inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss

    step()  # allocates moments and chooses kernels
    print(json.dumps({"ready": True, "peer": "torch " + torch.__version__, "parameters": sum(p.numel() for p in model.parameters())}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        began = time.perf_counter()
        for _ in range(steps):
            loss = step()
        loss = loss.item()
        seconds = time.perf_counter() - began
        print(json.dumps({"seconds": seconds, "tokens": steps * options.batch * options.time, "loss": loss}), flush=True)


if __name__ == "__main__":
    main()
