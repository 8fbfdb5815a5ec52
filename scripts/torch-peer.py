#!/usr/bin/env python3
"""The work of a training or a forward pass in plain eager PyTorch, float32: rows a second.

torch-peer.py --device=cuda --net=perceptron --objective=st-jem --rows=100 --samples=8 --steps=20
"""
import argparse
import time

import torch
from torch import nn


def perceptron(units, layers, inputs, classes):
    parts, last = [], inputs
    for _ in range(layers):
        parts += [nn.Linear(last, units), nn.SiLU()]
        last = units
    return nn.Sequential(*parts, nn.Linear(last, classes))


class Residual(nn.Module):
    """Two 3 x 3 convolutions without normalisation, as image-bench's blocks."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1)
        self.second = nn.Conv2d(after, after, 3, 1, 1)
        self.short = nn.Conv2d(before, after, 1, stride) if before != after or stride > 1 else nn.Identity()
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x):
        here = self.act(x)
        return self.second(self.act(self.first(here))) + self.short(x)


def wide_resnet(depth, width, classes):
    parts, last = [nn.Conv2d(3, 16, 3, 1, 1)], 16
    for channels, stride in ((16 * width, 1), (32 * width, 2), (64 * width, 2)):
        for block in range((depth - 4) // 6):
            parts.append(Residual(last, channels, stride if block == 0 else 1))
            last = channels
    return nn.Sequential(*parts, nn.LeakyReLU(0.2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, classes))


def chains(net, x, steps):
    """SGLD on s(x) = LSE of the logits; the parameters gather no gradients."""
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        (slope,) = torch.autograd.grad(net(x).logsumexp(1).sum(), x)
        x = x.detach() + slope + 0.01 * torch.randn_like(x)
    return x.detach()


def st_jem(logits, labels, rows):
    """Cross-entropy and the softmax over the rows in the labels' columns."""
    own = logits[:rows]
    target = own.gather(1, labels[:, None])[:, 0]
    columns = logits.logsumexp(0)[labels]
    return (own.logsumexp(1) - target + columns - target).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--net", choices=("perceptron", "wide-resnet"), default="perceptron")
    parser.add_argument("--units", type=int, default=1024)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--inputs", type=int, default=720)
    parser.add_argument("--classes", type=int, default=3376)
    parser.add_argument("--depth", type=int, default=28)
    parser.add_argument("--width", type=int, default=10)
    parser.add_argument("--objective", choices=("baseline", "st-jem", "forward"), default="baseline")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--every", type=int, default=1, help="batches that one run of the chains serves")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    if args.net == "perceptron":
        net, shape = perceptron(args.units, args.layers, args.inputs, args.classes), (args.inputs,)
    else:
        net, shape, args.classes = wide_resnet(args.depth, args.width, 10), (3, 32, 32), 10
    net = net.to(args.device)
    adam = torch.optim.Adam(net.parameters(), 1e-4)
    data = torch.randn(args.rows, *shape)
    labels = torch.randint(args.classes, (args.rows,)).to(args.device)
    sampled = args.samples if args.objective == "st-jem" else 0
    buffer = torch.rand(10000, *shape, device=args.device) * 2 - 1
    ready = None

    def update(number):
        nonlocal ready
        x = data.to(args.device)
        if args.objective == "forward":
            with torch.no_grad():
                return net(x)
        if sampled:
            if number % args.every == 0:
                places = torch.randint(len(buffer), (sampled * args.every,), device=args.device)
                for parameter in net.parameters():
                    parameter.requires_grad_(False)
                ready = chains(net, buffer[places], args.steps)
                for parameter in net.parameters():
                    parameter.requires_grad_(True)
                buffer[places] = ready
            at = number % args.every * sampled
            x = torch.cat([x, ready[at:at + sampled]])
        logits = net(x)
        if sampled:
            loss = st_jem(logits, labels, args.rows)
        else:
            loss = nn.functional.cross_entropy(logits, labels)
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss

    def wait():
        if args.device != "cpu":
            torch.cuda.synchronize()

    for number in range(3 * args.every):
        update(number)
    wait()
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < args.seconds:
        for _ in range(args.every):
            update(count)
            count += 1
        wait()
    seconds = time.perf_counter() - begin
    print(f"PyTorch {torch.__version__}: {count * args.rows / seconds:.0f} rows/s, "
          f"{1000 * seconds / count:.2f} ms an update")


if __name__ == "__main__":
    main()
