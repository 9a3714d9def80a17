"""permessage-deflate (RFC 7692): what is agreed on, and what messages then are.

Terms are (server_no_context_takeover, client_no_context_takeover, server_max_window_bits, client_max_window_bits).
"""

import itertools
import json
import random
import zlib

from cases import KiB, MiB, close, data, text
from wire import BINARY, CLOSE, CONTINUATION, PING, TAIL, TEXT, Frame as F, Message as M

PLAIN_TERMS = (False, False, None, None)
NAMES = ["server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits", "client_max_window_bits"]


def write(terms):
    params = [name if value is True else f"{name}={value}" for name, value in zip(NAMES, terms) if value]
    return "; ".join(["permessage-deflate", *params])


def noise(size):
    return random.Random(size).randbytes(size)


def records(size):
    some = random.Random(1)
    lines = []
    while sum(map(len, lines)) < size:
        lines.append(json.dumps({"id": some.randrange(1 << 30), "name": some.choice(["Ädam", "Ève", "世界"]), "tags": some.sample(range(99), 4)}))
    return "\n".join(lines).encode().decode("ascii")[:size].encode()


def markup(size):
    unit = b"<li class='row'><a href='/item/%d'>item</a></li>\n"
    return b"".join(unit % n for n in range(size // 40 + 1))[:size]


KINDS = [(TEXT, records), (BINARY, noise), (TEXT, text), (TEXT, markup), (BINARY, data)]
SIZES = [(size, None) for size in (16, 64, 256, KiB, 4 * KiB, 8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB)] + [
    (8 * KiB, 256), (16 * KiB, 256), (32 * KiB, 256), (64 * KiB, 256), (128 * KiB, 256), (128 * KiB, KiB), (128 * KiB, 4 * KiB), (128 * KiB, 32 * KiB)
]  # fmt: skip
AUTOBAHN_TERMS = [PLAIN_TERMS, (True, False, None, None), (False, False, 9, None), (False, False, 15, None), (True, False, 9, None), (True, True, 15, 15), (True, True, 9, 9)]


def echoes(kind, whole, size, count):
    name = "text" if kind == TEXT else "binary"
    return [step for _ in range(count) for step in (M(kind, whole, size), (name, whole))]


def many(volume):
    """@volume: bytes a case echoes, if they are no more than 1,000 messages."""
    for k, (kind, make) in enumerate(KINDS, 1):
        for n, (size, piece) in enumerate(SIZES, 1):
            yield f"12.{k}.{n}", PLAIN_TERMS, echoes(kind, make(size), piece, max(2, min(1000, volume // size)))
    for t, terms in enumerate(AUTOBAHN_TERMS, 1):
        for n, (size, piece) in enumerate(SIZES, 1):
            yield f"13.{t}.{n}", terms, echoes(TEXT, records(size), piece, max(2, min(1000, volume // 2 // size)))


def all_terms():
    """Every window and takeover of each side, beside some of the other's."""
    windows = [None, *range(8, 16)]
    for n, (server, alone) in enumerate(itertools.product(windows, range(4))):
        terms = (bool(alone & 1), bool(alone & 2), server, windows[(n * 7 + alone) % 9])
        steps = []
        for whole in (b"", text(300), text(300), records(3000), noise(700), records(3000), text(300)):
            steps += echoes(BINARY, whole, None, 1) + echoes(BINARY, whole, 97, 1)
        yield f"13.8.{n}", terms, steps


def raw(bits, takeover, *wholes):
    deflater, made = None, []
    for whole in wholes:
        if deflater is None or not takeover:
            deflater = zlib.compressobj(9, zlib.DEFLATED, -bits)
        made.append((deflater.compress(whole) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4])
    return made


def details():
    h = bytes.fromhex
    hello, said, bad = h("f248cdc9c90700"), ("text", b"Hello"), ("fail", 1007)
    c = lambda payload, opcode=TEXT, **how: F(opcode, payload, rsv=4, **how)
    cases = {
        # The examples of §7.2.3
        "1": [c(hello), said],
        "1.fragments": [c(hello[:3], fin=False), F(CONTINUATION, hello[3:]), said],
        "1.pieces": [c(hello[:1], fin=False), *(F(CONTINUATION, hello[i : i + 1], fin=False) for i in range(1, 7)), F(CONTINUATION), said],
        "1.empty": [c(b"", fin=False), F(CONTINUATION, fin=False), F(CONTINUATION, hello), said],
        "2": [c(hello), c(h("f200110000")), said, said],
        "2.between": [c(hello), F(TEXT, b"as it is"), F(PING), F(TEXT), c(h("f200110000")), said, ("text", b"as it is"), ("pong", b""), ("text", b""), said],
        "3": [c(h("000500faff48656c6c6f00")), said],
        "4": [c(h("f348cdc9c9070000")), said],
        "4.twice": [c(h("f348cdc9c9070000")), c(h("f348cdc9c9070000")), c(hello), said, said, said],
        "4.last": [c(hello + TAIL + b"\x01"), said],
        "4.takeover": [c(h("f348cdc9c9070000")), c(h("f200110000")), said, said],
        "5": [c(h("f24805000000ffffcac9c90700")), said],
        "6": [c(b"\x00"), ("text", b"")],
        "6.fragments": [c(b"\x00", fin=False), F(CONTINUATION), ("text", b"")],
        "6.flushed": [c(h("000000ffff00")), ("text", b"")],
        "6.fixed": [c(h("0200")), ("text", b"")],
        "6.after": [c(hello), c(b"\x00"), c(h("f200110000")), said, ("text", b""), said],
        "6.nothing": [c(b""), ("text or fail", b"")],
        # What is marked where it may not be
        "7.1": [c(hello[:3], fin=False), c(hello[3:], CONTINUATION), ("fail", 1002)],
        "7.2": [F(TEXT, b"a", fin=False), c(b"b", CONTINUATION), ("fail", 1002)],
        "7.3": [c(b"", PING), ("fail", 1002)],
        "7.4": [c(b"\x03\xe8", CLOSE), ("fail", 1002)],
        "7.5": [F(TEXT, hello, rsv=6), ("fail", 1002)],
        "7.6": [F(TEXT, hello, rsv=5), ("fail", 1002)],
        "7.7": [F(TEXT, hello, rsv=2), ("fail", 1002)],
        "7.8": [c(hello[:3], fin=False), F(PING), ("pong", b""), F(CONTINUATION, hello[3:], rsv=2), ("fail", 1002)],
        # What is no DEFLATE, or not whole
        "8.1": [c(hello), c(hello[:3]), said, bad],
        "8.2": [c(b"\x07"), bad],
        "8.3": [c(b"\xff" * 30), bad],
        "8.4": [c(hello + b"\xff"), bad],
        "8.5": [c(h("f200110000")), bad],
        "8.6": [c(h("000500ffff48656c6c6f00")), bad],
        "8.7": [c(h("000500faff4865")), bad],
        "8.8": [c(hello[:-1]), bad],
        "8.9": [c(hello + TAIL + b"\x02"), bad],
        "8.10": [c(b"\xff" * 30, fin=False), bad],
        # UTF-8 is that of the message, and fails as early
        "9.1": [c(raw(15, True, b"caf\xe9")[0]), bad],
        "9.2": [c(raw(15, True, b"caf\xc3")[0]), bad],
        "9.3": [c(raw(15, True, b"abc\xff")[0] + TAIL, fin=False), bad],
        "9.4": [c(raw(15, True, b"caf\xe9")[0], BINARY), ("binary", b"caf\xe9")],
        # Limits are those of the message: 66 kB that are 68 MB
        "10.1": [c(raw(15, True, bytes(68_000_000))[0], BINARY), ("fail", 1009)],
        "10.2": [c(raw(15, True, bytes(16 * MiB))[0], BINARY), ("binary", bytes(16 * MiB))],
        "11": [c(hello), close(1000, b"bye"), said, ("close", 1000, "bye")],
    }  # fmt: skip
    for name, steps in cases.items():
        yield f"14.{name}", PLAIN_TERMS, steps
    # Who may not refer to the message before, and does
    twice = raw(15, True, text(300), text(300))
    yield "15.1", (True, True, None, None), [c(twice[0]), ("text", text(300)), c(twice[1]), bad]
    for bits in range(9, 15):
        # Who has a smaller window, and refers to what is behind it: whoever keeps no more cannot know it
        far = raw(15, True, noise(1 << bits), noise(600), noise(1 << bits)[:300])
        steps = [c(far[0], BINARY), ("binary", noise(1 << bits)), c(far[1], BINARY), ("binary", noise(600))]
        yield f"15.2.{bits}", (False, False, bits, bits), [*steps, c(far[2], BINARY), bad]
        near = raw(bits, True, noise(1 << bits), noise(200), noise(1 << bits)[:300])
        steps = [step for payload, whole in zip(near, (noise(1 << bits), noise(200), noise(1 << bits)[:300])) for step in (c(payload, BINARY), ("binary", whole))]
        yield f"15.3.{bits}", (False, False, bits, bits), steps


P = "permessage-deflate"
# An offer, and what becomes of it: terms, None where it is declined, or 400 where it is no list of extensions.
OFFERS = [
    (P, PLAIN_TERMS),
    (f"{P}; client_max_window_bits", PLAIN_TERMS),
    (f"{P};client_max_window_bits ; server_no_context_takeover", (True, False, None, None)),
    (f"{P}; server_no_context_takeover; client_no_context_takeover", (True, True, None, None)),
    (f'{P}; server_max_window_bits="10"', (False, False, 10, None)),
    (f"{P}; client_max_window_bits=10; server_max_window_bits=11", (False, False, 11, None)),
    (f"{P}; server_max_window_bits=15", PLAIN_TERMS),
    (f"{P}; server_max_window_bits=7, {P}; server_max_window_bits=9", (False, False, 9, None)),
    (f"{P}; mystery, {P}; server_no_context_takeover, {P}", (True, False, None, None)),
    (f"{P}, {P}; server_no_context_takeover", PLAIN_TERMS),
    (f"x-webkit-deflate-frame, {P}", PLAIN_TERMS),
    (f"unknown; a=b; c=\"d\", , {P}", PLAIN_TERMS),
    (f"\t{P}\t;\tserver_no_context_takeover\t", (True, False, None, None)),
    ("x-webkit-deflate-frame", None),
    ("permessage-bzip2", None),
    *((f"{P}; {wrong}", None) for wrong in [
        "mystery", "mystery=1", "server_no_context_takeover=1", "server_no_context_takeover=true", "client_no_context_takeover=0",
        "server_no_context_takeover; server_no_context_takeover", "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits", *(f"server_max_window_bits={v}" for v in ("7", "16", "0", "08", "010", "1e1", "abc", "9.0", "+9", "-9", "0x9", "100")),
        *(f"client_max_window_bits={v}" for v in ("7", "16", "08", "abc", '"7"', "9a")),
        "server_max_window_bits=9; server_max_window_bits=9", "server_max_window_bits=9; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits=9", "Server_No_Context_Takeover=1",
    ]),
    *((wrong, 400) for wrong in [
        f"{P};", ";", f"{P}; =1", f"{P}; server_max_window_bits=", f"{P} server_no_context_takeover", f'{P}; server_max_window_bits="10',
        f'"{P}"', f'{P}; server_max_window_bits=""', f'{P}; server_max_window_bits="1 0"', f"{P}; a=b=c", f"{P};;a", f"{P}; a=(b)", f"{P}; a/b",
    ]),
]  # fmt: skip
# What a server may answer to the offer of a client that offers its client_max_window_bits, and what it may not.
ANSWERS = [
    *((f"{P}; {right}", True) for right in [
        "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=8", "server_max_window_bits=15",
        "client_max_window_bits=8", "client_max_window_bits=15", 'client_max_window_bits="10"',
        "client_max_window_bits=9;server_max_window_bits=9 ; server_no_context_takeover;\tclient_no_context_takeover",
    ]),
    *((f"{P}; {wrong}", False) for wrong in [
        "mystery", "mystery=1", "server_no_context_takeover=1", "client_no_context_takeover=1", "server_no_context_takeover; server_no_context_takeover",
        "server_max_window_bits", "client_max_window_bits", *(f"{side}_max_window_bits={v}" for side in ("server", "client") for v in ("7", "16", "08", "abc", '""')),
        "server_max_window_bits=9; server_max_window_bits=9", "client_max_window_bits=9; client_max_window_bits=10", "",
    ]),
    *((wrong, False) for wrong in [f"{P}, {P}", "x-webkit-deflate-frame", f"{P}, mystery", f"{P} mystery", f"{P}; a=", f'{P}; a="b', f'"{P}"']),
]  # fmt: skip
