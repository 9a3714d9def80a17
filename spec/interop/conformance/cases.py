"""What a connection is told, and what has to come of it: RFC 6455, in the order of Autobahn's test suite.

A case is a list of what to send and of the events to expect; a number is the size of the writes. `fail` is the Close of a
violation. What ends without a Close is closed by us, with 1000. Each runs whole (everything in one write), in steps (a write up
to each event that is expected) and, if it is small, in bytes.
"""

import itertools

from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame as F, Message as M

KiB, MiB = 1 << 10, 1 << 20
GREETING = "Hello-µ@ßöäüàá-UTF-8!! κόσμε 🌍".encode()


def text(size):
    unit = "the quick brown föx jumps over the lazy dög €𝄞 ".encode()
    whole = unit * (size // len(unit)) + b"." * (size % len(unit))
    return whole


def data(size):
    return (bytes(range(256)) * (size // 256 + 1))[:size]


def close(code=None, reason=b""):
    return F(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


def framing():
    for n, size in enumerate([0, 1, 125, 126, 127, 128, 65535, 65536, 65537], 1):
        yield f"1.1.{n}", [F(TEXT, text(size)), ("text", text(size))]
        yield f"1.2.{n}", [F(BINARY, data(size)), ("binary", data(size))]
    for n, key in enumerate([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1", b"\x80\0\0\0"], 1):
        for size in (0, 1, 3, 7, 130, 70_001):
            yield f"1.3.{n}.{size}", [F(BINARY, data(size), key=key), ("binary", data(size))]
    for size in (0, 1, 125):
        yield f"1.4.1.{size}", [F(TEXT, b"*" * size, form=2), ("fail", 1002)]
        yield f"1.4.2.{size}", [F(TEXT, b"*" * size, form=8), ("fail", 1002)]
    yield "1.4.3", [F(BINARY, data(65535), form=8), ("fail", 1002)]
    yield "1.4.4", [F(BINARY, form=8, announce=1 << 63), ("fail", 1002)]
    yield "1.4.5", [F(BINARY, form=8, announce=(1 << 64) - 1), ("fail", 1002)]
    yield "1.4.6", [F(BINARY, form=8, announce=(1 << 63) - 1), ("fail", 1009)]
    yield "1.4.7", [F(TEXT, b"first"), F(TEXT, b"masked wrong", masked=lambda client: not client), ("text", b"first"), ("fail", 1002)]
    yield "1.4.8", [F(PING, b"masked wrong", masked=lambda client: not client), ("fail", 1002)]


def pings():
    yield "2.1", [F(PING), ("pong", b"")]
    yield "2.2", [F(PING, b"Hello, world!"), ("pong", b"Hello, world!")]
    yield "2.3", [F(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), ("pong", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")]
    yield "2.4", [F(PING, b"\xfe" * 125), ("pong", b"\xfe" * 125)]
    yield "2.5", [F(PING, b"\xfe" * 126), ("fail", 1002)]
    yield "2.5.1", [F(PONG, b"\xfe" * 126), ("fail", 1002)]
    yield "2.5.2", [F(PING, b"\xfe" * 70_000), ("fail", 1002)]
    yield "2.7", [F(PONG)]
    yield "2.8", [F(PONG, b"unsolicited")]
    yield "2.9", [F(PONG, b"unsolicited"), F(PING, b"ping"), ("pong", b"ping")]
    ten = [b"payload %d" % n for n in range(10)]
    yield "2.10", [F(PING, each) for each in ten] + [("pong", each) for each in ten]
    yield "2.11", [step for each in ten for step in (F(PING, each), ("pong", each))]


def reserved():
    for rsv in range(1, 8):
        if rsv == 4:
            continue  # below, where nothing was agreed on
        yield f"3.{rsv}.1", [F(TEXT, b"hi"), F(TEXT, b"reserved", rsv=rsv), F(PING), ("text", b"hi"), ("fail", 1002)]
        yield f"3.{rsv}.2", [F(BINARY, data(255), rsv=rsv), ("fail", 1002)]
        yield f"3.{rsv}.3", [F(BINARY, data(255), rsv=rsv, cut=0), ("fail", 1002)]
    for rsv in range(1, 8):
        yield f"3.{rsv}.4", [F(PING, b"reserved", rsv=rsv), ("fail", 1002)]
        yield f"3.{rsv}.5", [F(PONG, b"reserved", rsv=rsv), ("fail", 1002)]
        yield f"3.{rsv}.6", [F(CLOSE, b"\x03\xe8", rsv=rsv), ("fail", 1002)]
        yield f"3.{rsv}.7", [F(TEXT, b"a", fin=False), F(CONTINUATION, b"b", rsv=rsv), ("fail", 1002)]


def opcodes():
    for n, opcode in [*enumerate(range(3, 8), 1), *enumerate(range(11, 16), 6)]:
        yield f"4.{n}.1", [F(opcode), ("fail", 1002)]
        yield f"4.{n}.2", [F(opcode, b"reserved"), ("fail", 1002)]
        yield f"4.{n}.3", [F(TEXT, b"hi"), F(opcode, b"x"), F(PING), ("text", b"hi"), ("fail", 1002)]
        yield f"4.{n}.4", [F(opcode, b"x" * 300, cut=0), ("fail", 1002)]
        yield f"4.{n}.5", [F(TEXT, b"a", fin=False), F(opcode, b"x"), ("fail", 1002)]


def fragments():
    a, b = F(TEXT, b"fragment1", fin=False), F(CONTINUATION, b"fragment2")
    both, ping, pong = ("text", b"fragment1fragment2"), F(PING, b"ping"), ("pong", b"ping")
    between = F(CONTINUATION, b"", fin=False)
    yield "5.1", [F(PING, b"fragment1", fin=False), b, ("fail", 1002)]
    yield "5.2", [F(PONG, b"fragment1", fin=False), b, ("fail", 1002)]
    yield "5.2.1", [F(CLOSE, b"\x03\xe8", fin=False), ("fail", 1002)]
    yield "5.3", [a, b, both]
    yield "5.6", [a, ping, b, pong, both]
    yield "5.7", [a, ping, pong, b, both]
    yield "5.7.1", [a, between, between, ping, pong, between, b, both]
    stray = [("text", b"hi"), ("fail", 1002)]
    for n, fin in ((9, True), (12, False)):
        yield f"5.{n}", [F(CONTINUATION, b"stray", fin=fin), F(TEXT, b"hi"), ("fail", 1002)]
        yield f"5.{n + 1}", [F(TEXT, b"hi"), F(CONTINUATION, b"stray", fin=fin), *stray]
        yield f"5.{n + 2}", [F(CONTINUATION, b"", fin=fin), ("fail", 1002)]
    yield "5.15", [a, b, F(CONTINUATION, b"fragment3", fin=False), F(TEXT, b"fragment4"), both, ("fail", 1002)]
    yield "5.16", [F(CONTINUATION, b"0", fin=False), a, b, ("fail", 1002)]
    yield "5.17", [F(CONTINUATION, b"0"), a, b, ("fail", 1002)]
    yield "5.18", [a, F(TEXT, b"fragment2"), ("fail", 1002)]
    yield "5.18.1", [a, F(BINARY, b"fragment2", fin=False), ("fail", 1002)]
    five = [F(TEXT, b"1", fin=False), *(F(CONTINUATION, b"%d" % n, fin=n == 5) for n in range(2, 6))]
    yield "5.19", [five[0], five[1], F(PING, b"p1"), ("pong", b"p1"), five[2], five[3], F(PING, b"p2"), ("pong", b"p2"), five[4], ("text", b"12345")]
    yield "5.20", [five[0], five[1], F(PING, b"p1"), five[2], five[3], F(PING, b"p2"), five[4], ("pong", b"p1"), ("pong", b"p2"), ("text", b"12345")]
    yield "5.21", [F(BINARY, b"", fin=False), F(CONTINUATION, b""), ("binary", b"")]
    yield "5.22", [a, F(PONG, b"in between"), b, both]

VALID = {
    "6.2": GREETING.hex(),
    "6.5": "68656c6c6f24776f726c64 68656c6c6fc2a2776f726c64 68656c6c6fe282ac776f726c64 68656c6c6ff0a4ada2776f726c64 cebae1bdb9cf83cebcceb5",
    "6.7": "00 c280 e0a080 f0908080",
    "6.9": "7f dfbf efbfbf f48fbfbf",
    "6.11": "ed9fbf ee8080 efbfbd f48fbfbf",
    "6.22": " ".join(["efbfbe efbfbf", *(chr(plane << 16 | low).encode().hex() for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))]),
    "6.23": "efbfb9 efbfba efbfbb efbfbc efbfbd efbbbf",
}
ENDLESS = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"]
INVALID = {
    "6.3": "cebae1bdb9cf83cebcceb5eda080656469746564",
    "6.4": "cebae1bdb9cf83cebcceb5f4908080656469746564",
    "6.8": "f888808080 fc8480808080",
    "6.10": "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf",
    "6.11": "f4908080",
    "6.12": "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf " + bytes(range(0x80, 0xBF)).hex(),
    "6.13": " ".join(bytes(b for lead in leads for b in (lead, 0x20)).hex() for leads in (range(0xC0, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF8), range(0xF8, 0xFC), (0xFC, 0xFD))),
    "6.14": " ".join(ENDLESS),
    "6.15": "".join(ENDLESS),
    "6.16": "fe ff fefeffff",
    "6.17": "c0af e080af f08080af f8808080af fc80808080af",
    "6.18": "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf",
    "6.19": "c080 e08080 f0808080 f880808080 fc8080808080",
    "6.20": "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf",
    "6.21": "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf",
}


def impossible(raw):
    """Where the first byte is that cannot be; the length where only more is missing."""
    ends = [bytes(end) for size in range(4) for end in itertools.product(b"\x80\x90\xa0\xbf", repeat=size)]
    return next((at for at in range(len(raw)) if not any(is_text(raw[: at + 1] + end) for end in ends)), len(raw))


def by_byte(raw):
    return [F(TEXT if i == 0 else CONTINUATION, raw[i : i + 1], fin=i == len(raw) - 1) for i in range(len(raw))]


def utf8():
    yield "6.1.1", [F(TEXT), ("text", b"")]
    yield "6.1.2", [F(TEXT, fin=False), F(CONTINUATION, fin=False), F(CONTINUATION), ("text", b"")]
    yield "6.1.3", [F(TEXT, fin=False), F(CONTINUATION, b"middle", fin=False), F(CONTINUATION), ("text", b"middle")]
    kosme = "κόσμε".encode()
    for end in range(1, len(kosme) + 1):
        whole = is_text(kosme[:end])
        yield f"6.6.{end}", [F(TEXT, kosme[:end]), ("text", kosme[:end]) if whole else ("fail", 1007)]
    for group, sequences in VALID.items():
        for n, raw in enumerate(map(bytes.fromhex, sequences.split(" ")), 1):
            yield f"{group}.{n}.valid", [F(TEXT, raw), ("text", raw)]
            yield f"{group}.{n}.valid.fragments", [*by_byte(raw), ("text", raw)]
            yield f"{group}.{n}.valid.within", [F(TEXT, b"x" * 130 + raw + b"y" * 130), ("text", b"x" * 130 + raw + b"y" * 130)]
    for group, sequences in INVALID.items():
        for n, raw in enumerate(map(bytes.fromhex, sequences.split(" ")), 1):
            fault = ("fail", 1007)
            yield f"{group}.{n}", [F(TEXT, raw), fault]
            yield f"{group}.{n}.fragments", [*by_byte(raw), fault]
            yield f"{group}.{n}.binary", [F(BINARY, raw), ("binary", raw)]
            at = impossible(raw)
            if at == len(raw):
                continue
            # It has to fail at the first byte that cannot be, in the middle of a frame and of a message, and not before.
            yield f"{group}.{n}.fast", [F(TEXT, raw + b"y" * 900, cut=at + 1), fault]
            yield f"{group}.{n}.fast.fragments", [F(TEXT, raw[:at], fin=False), F(PING), ("pong", b""), F(CONTINUATION, raw[at : at + 1] + b"y" * 70_000, fin=False, cut=1), fault]


def is_text(raw):
    try:
        raw.decode()
        return True
    except UnicodeDecodeError:
        return False


def closing():
    hi, hello = F(TEXT, b"hi"), ("text", b"hi")
    yield "7.1.0", [close(1000, b"bye"), ("close", 1000, "bye")]
    yield "7.1.1", [hi, close(1000), hello, ("close", 1000)]
    yield "7.1.2", [close(1000), close(1001), ("close", 1000)]
    yield "7.1.3", [close(1000), F(PING, b"late"), ("close", 1000)]
    yield "7.1.4", [close(1000), hi, ("close", 1000)]
    yield "7.1.5", [F(TEXT, b"fragment1", fin=False), close(1000), F(CONTINUATION, b"fragment2"), ("close", 1000)]
    yield "7.1.6", [F(TEXT, text(256 * KiB)), close(1000), F(PING), ("text", text(256 * KiB)), ("close", 1000)]
    yield "7.1.7", [close(1000), F(3, b"nonsense behind the Close", rsv=7), ("close", 1000)]
    many = [b"question %d" % n for n in range(10_000)]
    yield "7.1.8", [*(F(TEXT, each) for each in many), close(3000, b"that was all"), *(("text", each) for each in many), ("close", 3000, "that was all")]
    yield "7.3.1", [close(), ("close", None)]
    yield "7.3.2", [F(CLOSE, b"\x03"), ("fail", 1002)]
    yield "7.3.3", [close(1000), ("close", 1000)]
    yield "7.3.4", [close(1000, GREETING), ("close", 1000, GREETING.decode())]
    yield "7.3.5", [close(1000, b"*" * 123), ("close", 1000, "*" * 123)]
    yield "7.3.6", [close(1000, b"*" * 124), ("fail", 1002)]
    for n, raw in enumerate([bytes.fromhex(INVALID["6.4"]), b"\xce", b"\xed\xa0\x80", b"x" * 122 + b"\xff"], 1):
        yield f"7.5.{n}", [close(1000, raw), ("fail", 1007)]
    for code in [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999]:
        yield f"7.7.{code}", [close(code), ("close", code)]
        yield f"7.7.{code}.reason", [hi, close(code, b"why"), hello, ("close", code, "why")]
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535]:
        yield f"7.{'13' if code >= 5000 else '9'}.{code}", [close(code), ("fail", 1002)]
        yield f"7.{'13' if code >= 5000 else '9'}.{code}.reason", [hi, close(code, b"why"), hello, ("fail", 1002)]
    yield "7.14.1", [hi, hello, "half-close"]
    yield "7.14.2", [F(TEXT, b"never finished", fin=False), "half-close"]
    yield "7.14.3", [F(TEXT, text(5_000), cut=77), "half-close"]
    yield "7.14.4", [hi, hello, "reset"]


def sizes():
    for n, size in enumerate([64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB], 1):
        yield f"9.1.{n}", [M(TEXT, text(size)), ("text", text(size))]
        yield f"9.2.{n}", [M(BINARY, data(size)), ("binary", data(size))]
    for n, size in enumerate([64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB], 1):
        yield f"9.3.{n}", [M(TEXT, text(4 * MiB), size, plain=True), ("text", text(4 * MiB))]
        yield f"9.4.{n}", [M(BINARY, data(4 * MiB), size, plain=True), ("binary", data(4 * MiB))]
    for n, chop in enumerate([64, 128, 256, 512, 1024, 2048], 1):
        yield f"9.5.{n}", [chop, F(TEXT, text(MiB)), ("text", text(MiB))]
        yield f"9.6.{n}", [chop, F(BINARY, data(MiB)), ("binary", data(MiB))]
    for n, size in enumerate([0, 16, 64, 256, KiB, 4 * KiB, 16 * KiB], 1):
        for group, kind, make in (("9.7", TEXT, text), ("9.8", BINARY, data)):
            name = "text" if kind == TEXT else "binary"
            yield f"{group}.{n}", [step for _ in range(1000) for step in (M(kind, make(size)), (name, make(size)))]
    yield "9.9", [M(BINARY, data(16 * MiB), 100_003, plain=True), ("binary", data(16 * MiB))]
    yield "9.10", [131, M(BINARY, data(16 * MiB // 16), 997), ("binary", data(MiB))]
    yield "10.1.1", [M(TEXT, text(64 * KiB), 1300), ("text", text(64 * KiB))]


def unextended():
    for n, opcode in enumerate([TEXT, BINARY], 1):
        yield f"3.4.{n}", [F(opcode, b"\x00", rsv=4), ("fail", 1002)]


ALL = [framing, pings, reserved, opcodes, fragments, utf8, closing, sizes]
