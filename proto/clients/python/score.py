#!/usr/bin/env python3
# Copyright (C) 2026 the stjem authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores audio or features with an acoustic-model server and writes a Kaldi text archive.

    score.py localhost:50051 utt1=one.wav utt2=two.wav > loglikes.txt
    copy-feats scp:feats.scp ark,t:- | score.py localhost:50051 - > loglikes.txt

Each argument KEY=FILE is a 16-bit WAV file of one channel; '-' reads a text archive of features
from standard input. An utterance that cannot be scored is warned about and left out; the exit status
is 0 if any was scored.
"""
import argparse
import array
import math
import os
import sys
import wave

import grpc

from stjem.v1 import acoustic_model_pb2 as pb
from stjem.v1 import acoustic_model_pb2_grpc as pb_grpc

FIRST_ANSWER = 20  # seconds
# What is wrong with one utterance only.
OF_UTTERANCE = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.OUT_OF_RANGE,
)
CHUNK = 32000  # samples or numbers in a message; messages stay below 4 MiB

# With several addresses calls take turns among the servers that say they are healthy.
SERVICE_CONFIG = """{
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": "stjem.v1.AcousticModelService"},
  "methodConfig": [{"name": [{}], "waitForReady": true}]
}"""


class BadUtterance(Exception):
    """Why one utterance is left out."""


def fail(sentence):
    """Ends the program."""
    sys.exit(f"ERROR (score.py) {sentence}")


def read_file(path):
    """The bytes of a file that an option names."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as fault:
        fail(f"cannot read {path}: {fault.strerror}")


def write_entry(text):
    """Writes an entry of the output; a full disk or a closed pipe ends the program."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as fault:
        # Python would try again at the end to write what it still holds.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        fail(f"cannot write standard output: {fault.strerror}")


def read_text_archive(lines):
    """Yields (key, [rows of numbers]) from lines (bytes) as `copy-feats ark,t:-` writes them."""
    key, rows = None, []
    for line in lines:
        if b"[" in line:
            # Keys are bytes, as in Kaldi, and come out as they went in.
            key, rows = line.split()[0].decode("utf-8", "surrogateescape"), []
            line = line.split(b"[", 1)[1]
        try:
            numbers = [float(word) for word in line.replace(b"]", b" ").split()]
        except ValueError as fault:
            fail(f"{key}: the archive is damaged: {fault}")
        if numbers:
            rows.append(numbers)
        if b"]" in line:
            yield key, rows
            key = None
    if key is not None:
        fail(f"{key}: the archive ends within its matrix")


def check_features(rows, dim):
    """Refuses what a server would refuse, and what cannot be sent."""
    if not rows:
        raise BadUtterance("no frames")
    for t, row in enumerate(rows):
        if len(row) != dim:
            raise BadUtterance(f"frame {t} has dimension {len(row)}, the model expects {dim}")
        for d, number in enumerate(row):
            if not math.isfinite(number):
                raise BadUtterance(f"frame {t} holds {number} in dimension {d}")


def wire(key):
    """A key as the server takes it: bytes that are not UTF-8 as \\xe9."""
    return key.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def feature_requests(key, rows):
    """The messages of an utterance of which there are features."""
    dim = len(rows[0])
    yield pb.ScoreRequest(start=pb.ScoreStart(utterance_id=wire(key), expected_feature_dim=dim))
    step = max(1, CHUNK // dim)
    for t in range(0, len(rows), step):
        chunk = rows[t : t + step]
        data = array.array("f", [x for row in chunk for x in row])
        yield pb.ScoreRequest(
            features=pb.Features(data=little_endian(data), num_frames=len(chunk), dim=dim)
        )
    yield pb.ScoreRequest(end=pb.ScoreEnd())


def open_wav(path):
    """A WAV file that can be sent; here, since gRPC hides what goes wrong while it takes messages."""
    try:
        wav = wave.open(path, "rb")
    except (OSError, EOFError, wave.Error) as fault:
        raise BadUtterance(f"{path}: {fault}") from fault
    if wav.getnchannels() != 1 or wav.getsampwidth() != 2:
        raise BadUtterance(f"{path}: must have one channel of 16-bit samples")
    return wav


def audio_requests(key, wav):
    """The messages of an utterance of which there is audio."""
    with wav:
        start = pb.ScoreStart(utterance_id=wire(key), audio_sample_rate_hz=wav.getframerate())
        yield pb.ScoreRequest(start=start)
        while samples := wav.readframes(CHUNK):
            yield pb.ScoreRequest(audio=pb.Audio(samples=samples))
    yield pb.ScoreRequest(end=pb.ScoreEnd())


def little_endian(numbers):
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def text_of_rows(rows):
    """The rows of one message as lines of a text archive."""
    numbers = array.array("f")
    numbers.frombytes(rows.data)
    if sys.byteorder == "big":
        numbers.byteswap()
    text = ""
    for i in range(rows.num_rows):
        row = numbers[i * rows.num_columns : (i + 1) * rows.num_columns]
        text += "\n  " + " ".join(f"{x:.7g}" for x in row) + " "
    return text


def score(stub, metadata, key, requests):
    """Scores one utterance and writes it when the server has said that all rows are there."""
    text = []
    final = None
    try:
        for response in stub.Score(requests, metadata=metadata):
            if response.HasField("rows"):
                text.append(text_of_rows(response.rows))
            elif response.HasField("final"):
                final = response.final
    except grpc.RpcError as fault:
        if fault.code() in OF_UTTERANCE:
            raise BadUtterance(f"{fault.code().name}: {fault.details()}") from fault
        raise
    if final is None:
        raise BadUtterance("the stream ended without a final message")
    write_entry(f"{key}  [{''.join(text)}]\n")
    print(f"{key}: {final.num_frames} frames by {final.model_name}:{final.model_version}",
          file=sys.stderr)


def utterances(arguments, dim):
    """Yields (key, function that gives its messages or raises BadUtterance)."""
    for argument in arguments:
        if argument == "-":
            for key, rows in read_text_archive(sys.stdin.buffer):
                def of_features(key=key, rows=rows):
                    check_features(rows, dim)
                    return feature_requests(key, rows)
                yield key, of_features
        else:
            key, path = argument.split("=", 1)
            yield key, lambda key=key, path=path: audio_requests(key, open_wav(path))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="HOST:PORT, dns:///NAME:PORT or ipv4:IP:PORT,IP:PORT")
    parser.add_argument("utterances", nargs="+", help="KEY=FILE.wav, or - for features")
    parser.add_argument("--tls-ca", help="certificates (PEM) to check the server against")
    parser.add_argument("--token-file", help="file with the bearer token to show")
    args = parser.parse_args()
    for utterance in args.utterances:
        if utterance != "-" and "=" not in utterance:
            fail(f"'{utterance}' is neither KEY=FILE nor -")
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")

    options = [("grpc.service_config", SERVICE_CONFIG)]
    if args.tls_ca:
        credentials = grpc.ssl_channel_credentials(read_file(args.tls_ca))
        channel = grpc.secure_channel(args.server, credentials, options)
    else:
        channel = grpc.insecure_channel(args.server, options)
    metadata = []
    if args.token_file:
        words = read_file(args.token_file).split()
        if not words:
            fail(f"{args.token_file} holds no token")
        metadata.append(("authorization", "Bearer " + words[0].decode("ascii", "replace")))

    stub = pb_grpc.AcousticModelServiceStub(channel)
    try:
        model = stub.GetModel(pb.GetModelRequest(), timeout=FIRST_ANSWER, metadata=metadata).model
        print(f"model {model.name}:{model.version}, {model.num_pdfs} pdfs", file=sys.stderr)
        done = failed = 0
        for key, requests in utterances(args.utterances, model.feature_dim):
            try:
                score(stub, metadata, key, requests())
                done += 1
            except BadUtterance as fault:
                print(f"WARNING (score.py) utterance {key}: {fault}", file=sys.stderr)
                failed += 1
        print(f"LOG (score.py) Done {done} utterances, failed for {failed}", file=sys.stderr)
        if done == 0:
            fail("no utterance was scored")
    except grpc.RpcError as fault:
        sentence = f"server {args.server}: {fault.code().name}: {fault.details()}"
        if fault.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            sentence += f"; no server that is healthy and trusted answered within {FIRST_ANSWER} s"
        fail(sentence)


if __name__ == "__main__":
    main()
