#!/usr/bin/env python3
"""Usage: read-with-libsndfile.py FOLDER

Prints for every file of the folder its name, a tab, and what libsndfile reads: sample rate, number
of channels, and the samples as they stand in the file, at the scale of 16-bit integers; or
"refused". Needs libsndfile.so.1 (Debian: libsndfile1) and nothing else.
"""
import ctypes
import os
import sys


class Info(ctypes.Structure):
    _fields_ = [("frames", ctypes.c_int64)] + [
        (name, ctypes.c_int) for name in ("samplerate", "channels", "format", "sections", "seekable")
    ]


def load():
    library = ctypes.CDLL("libsndfile.so.1")
    library.sf_open.restype = ctypes.c_void_p
    library.sf_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(Info)]
    library.sf_readf_double.restype = ctypes.c_int64
    library.sf_readf_double.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_double), ctypes.c_int64]
    library.sf_close.argtypes = [ctypes.c_void_p]
    return library


def read(library, path):
    info = Info()
    sound = library.sf_open(os.fsencode(path), 0x10, ctypes.byref(info))
    if not sound:
        return "refused"
    limit = 4096
    buffer = (ctypes.c_double * (limit * info.channels))()
    frames = library.sf_readf_double(sound, buffer, limit)
    library.sf_close(sound)
    samples = " ".join("%.7g" % (32768 * x) for x in buffer[: frames * info.channels])
    return ("%d %d: %s" % (info.samplerate, info.channels, samples)).strip()


def main():
    folder = sys.argv[1]
    library = load()
    for name in sorted(os.listdir(folder)):
        print(name + "\t" + read(library, os.path.join(folder, name)))


main()
