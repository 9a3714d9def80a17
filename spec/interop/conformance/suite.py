"""A conformance suite for RFC 6455 and RFC 7692: fuzzes an echo server, or the connections of an echo client.

suite.py server PORT     plays the client of the server that listens there
suite.py client          listens, prints its port and the number of cases, and plays the server of as many connections
  --compression          the subject agrees to permessage-deflate, and compresses whatever its length
  --only PREFIX          the cases whose names begin so
  --modes MODE,...       of those below; default: all
  --volume BYTES         what each of the many sizes of compression echoes; default 262,144

Prints a line of JSON for each case: its name, the path or number of its connection, `OK`, `NON-STRICT` or `FAIL`, why, and what
the subject has to have told its program: how many errors, and the code of the end.
"""

import argparse
import itertools
import json
import random
import re
import socket
import struct
import time

import cases
import compressed
import handshakes
from wire import TEXT, Deflate, End, Fault, Frame, Message, Wire

SMALL = 1500  # bytes up to which a case runs byte by byte


class NonStrict(Exception):
    """The subject did what it should, but late, or told less before."""


def play(wire, steps, mode):
    """Plays a case; returns what the subject's program is to be told."""
    chop = steps[0] if isinstance(steps[0], int) else 1 if mode == "bytes" else None
    steps = [step for step in steps if not isinstance(step, int)]
    ends = isinstance(steps[-1], str) or (isinstance(steps[-1], tuple) and steps[-1][0] in ("close", "fail"))
    if not ends:
        steps = [*steps, cases.close(1000), ("close", 1000)]
    if mode == "whole":
        steps = sorted(steps, key=lambda step: isinstance(step, (tuple, str)))  # what is sent first
    gathered = []
    for step in steps:
        if not isinstance(step, (tuple, str)):
            gathered.append(step.encode(wire))
            continue
        if gathered:
            wire.write(b"".join(gathered), chop)
            gathered = []
        if step == "half-close":
            return half_close(wire)
        if step == "reset":
            wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return {"code": 1006}
        result = expect(wire, step)
        if result is not None:
            return result
    raise AssertionError("a case without an end")


def expect(wire, step):
    kind, wanted, *reason = step
    try:
        event = wire.event()
    except End as end:
        raise Fault(f"{end} instead of {kind} {brief(wanted)}") from None
    if kind == "text or fail":
        kind = "text" if event[0] == "text" else "fail"
        wanted = wanted if kind == "text" else 1007
    if kind not in ("close", "fail"):
        if event[0] == "close" and event[1] in (1002, 1007, 1009):
            raise NonStrict(f"fails with {event[1]} before {kind} {brief(wanted)}")
        if event != (kind, wanted):
            raise Fault(f"sends {event[0]} {brief(event[1])}, not {kind} {brief(wanted)}")
        return None
    if event[0] != "close":
        raise Fault(f"sends {event[0]} {brief(event[1])}, not a Close {wanted}")
    wire.code = event[1]
    if event[1] != wanted:
        raise (NonStrict if kind == "fail" and event[1] in (1002, 1007, 1009) else Fault)(f"closes with {event[1]}, not {wanted}")
    if reason and event[2] != reason[0]:
        raise Fault(f"closes with the reason {event[2]!r}")
    if kind == "fail":
        wire.expect_end()
        return {"errors": 1, "code": 1006, "clean": False}
    if not wire.client:  # "the server MUST close first" (§7.1.1)
        if random.random() < 0.1 and not wire.still_open(0.03):
            raise Fault("ends the transport before the server does")
        wire.sock.shutdown(socket.SHUT_WR)
    wire.expect_end()
    return {"errors": 0, "code": 1005 if wanted is None else wanted, "clean": True}


def half_close(wire):
    wire.sock.shutdown(socket.SHUT_WR)
    try:
        while wire.event()[0] != "close":
            pass
        wire.expect_end()
    except End as end:
        if end.reset:
            raise Fault("resets the transport") from None
    return {"errors": 0, "code": 1006, "clean": False}


def brief(value):
    return value if not isinstance(value, bytes) or len(value) < 40 else f"{value[:40]}… ({len(value)} bytes)"


class Server:
    """The subject is a server: each case is a connection to it, whose path is the number of the case."""

    client = True

    def __init__(self, port, options):
        self.port, self.options, self.host = port, options, f"127.0.0.1:{port}"

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), 5)

    def open(self, sock, number, offer, chop=None):
        head = handshakes.request({"Sec-WebSocket-Extensions": offer}).format(host=self.host, path=f"/{number}")
        wire = Wire(sock, True)
        wire.write(head.encode("latin-1"), chop)
        return wire, self.opened(wire)

    def opened(self, wire, key=handshakes.KEY):
        head = wire.head()
        found = handshakes.fields(head)
        right = head.startswith(b"HTTP/1.1 101") and found.get("sec-websocket-accept") == [handshakes.accept(key)]
        if not right or found["upgrade"][0].lower() != "websocket" or found["connection"][0].lower() != "upgrade":
            raise Fault(f"answers {head[:40]}")
        return found.get("sec-websocket-extensions")

    def agree(self, wire, answer, terms):
        """What the answer means, which has to keep to what was offered (RFC 7692 §7.1)."""
        if answer is None or len(answer) != 1:
            raise Fault(f"answers {answer}")
        name, *params = [each.strip() for each in answer[0].split(";")]
        said = dict((param + "=").split("=")[:2] for param in params)
        bits = int(said.get("server_max_window_bits", 15))
        wrong = name != "permessage-deflate" or len(said) != len(params) or not set(said) <= set(compressed.NAMES)
        wrong |= terms[0] and "server_no_context_takeover" not in said
        wrong |= bits > (terms[2] or 15) or (terms[2] is not None and "server_max_window_bits" not in said)
        wrong |= terms[3] is None and "client_max_window_bits" in said
        if wrong:
            raise Fault(f"answers {answer[0]} to {compressed.write(terms)}")
        own = min(int(said.get("client_max_window_bits", 15)), 15 if terms[3] in (None, True) else terms[3])
        alone = terms[1] or "client_no_context_takeover" in said
        wire.deflate = Deflate(own, not alone, bits, "server_no_context_takeover" not in said, 0 if own == 8 else 6)

    def begin(self, number, terms, chop=None):
        sock = self.connect()
        wire, answer = self.open(sock, number, None if terms is None else compressed.write(terms), chop)
        if terms is not None:
            self.agree(wire, answer, terms)
        elif answer is not None:
            raise Fault(f"answers extensions: {answer}")
        return wire

    def handshakes(self):
        for name, head, statuses in handshakes.requests():
            yield f"H.{name}", lambda number, head=head, statuses=statuses: self.shake(number, head, statuses)
            if len(head) < SMALL:
                yield f"H.{name}/bytes", lambda number, head=head, statuses=statuses: self.shake(number, head, statuses, chop=1)
        whole = handshakes.request()
        for at in range(1, len(whole.format(host=self.host, path="/"))):
            yield f"H.cut.{at}", lambda number, at=at: self.shake(number, whole, {101}, cut=at)
        if not self.options.compression:
            yield "E.none", lambda number: self.begin(number, None).sock.close()
            return
        for offer, terms in compressed.OFFERS:
            yield f"E.{offer}", lambda number, offer=offer, terms=terms: self.offer(number, offer, terms)
            yield f"E.{offer}/two fields", lambda number, offer=offer, terms=terms: self.offer(number, ["unknown", offer], terms)

    def shake(self, number, head, statuses, chop=None, cut=None):
        sock = self.connect()
        wire = Wire(sock, True)
        head = head.replace("{host}", self.host).replace("{path}", f"/{number}").encode("latin-1")
        behind = b"".join(frame.encode(wire) for frame in (Frame(TEXT, b"behind"), cases.close(1000)))
        if cut is not None:
            wire.write(head[:cut])
            time.sleep(0.001)
            wire.write(head[cut:] + behind)
        else:
            wire.write(head + behind, chop)
        if statuses == {101}:
            self.opened(wire, re.search(rb"key: *\t? *([^\r\t ]*)", head, re.IGNORECASE)[1].decode())
            expect(wire, ("text", b"behind"))
            return expect(wire, ("close", 1000))
        return self.refused(wire, statuses)

    def refused(self, wire, statuses):
        head = wire.head()
        found = handshakes.fields(head)
        status = int(head[9:12])
        if not head.startswith(b"HTTP/1.1 ") or status not in statuses:
            raise Fault(f"answers {head[:40]}, not {statuses}")
        if status == 426 and found.get("sec-websocket-version") != ["13"]:
            raise Fault("does not list its versions")
        if "close" not in ", ".join(found.get("connection", [])).lower():
            raise Fault("does not say that it closes")
        wire.take(int(found["content-length"][0]))
        wire.expect_end()

    def offer(self, number, offer, terms):
        sock = self.connect()
        if terms == 400:
            wire = Wire(sock, True)
            wire.write(handshakes.request({"Sec-WebSocket-Extensions": offer}).format(host=self.host, path=f"/{number}").encode("latin-1"))
            return self.refused(wire, {400})
        wire, answer = self.open(sock, number, offer)
        if terms is None:
            if answer is not None:
                raise Fault(f"accepts: {answer}")
        else:
            offered = (terms[0], terms[1], terms[2], True if "client_max" in str(offer) else None)
            self.agree(wire, answer, offered)
        return play(wire, [Message(TEXT, cases.text(3000)), ("text", cases.text(3000))], "steps")


class Client:
    """The subject is a client: each connection it makes is the next case."""

    client = False

    def __init__(self, options):
        self.options = options
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]

    def requested(self):
        self.listening.settimeout(10)
        sock, _ = self.listening.accept()
        wire = Wire(sock, False)
        head = wire.head()
        found = handshakes.fields(head)
        key = found.get("sec-websocket-key", [""])
        once = {"host": [f"127.0.0.1:{self.port}"], "sec-websocket-version": ["13"]}
        right = head.startswith(b"GET /") and b" HTTP/1.1\r\n" in head[:200] and len(key) == 1 and len(key[0]) == 24
        if not right or any(found.get(name) != value for name, value in once.items()):
            raise Fault(f"asks with {head}")
        if [v.lower() for name in ("upgrade", "connection") for v in found[name]] != ["websocket", "upgrade"]:
            raise Fault(f"asks with {head}")
        offers = found.get("sec-websocket-extensions")
        if (offers is not None) != self.options.compression or (offers and offers[0].split(";")[0] != "permessage-deflate"):
            raise Fault(f"offers {offers}")
        return wire, key[0]

    def accepting(self, key, extensions):
        more = "" if extensions is None else f"Sec-WebSocket-Extensions: {extensions}\r\n"
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        return f"{head}Sec-WebSocket-Accept: {handshakes.accept(key)}\r\n{more}\r\n".encode()

    def begin(self, _number, terms, chop=None):
        wire, key = self.requested()
        wire.write(self.accepting(key, None if terms is None else compressed.write(terms)), chop)
        if terms is not None:
            own, peer = terms[2] or 15, terms[3] or 15
            wire.deflate = Deflate(own, not terms[0], peer, not terms[1], 0 if own == 8 else 6)
        return wire

    def handshakes(self):
        for name, head, opens in handshakes.responses():
            for chop in (None, 1) if len(head) < SMALL else (None,):
                mode = "/bytes" if chop else ""
                yield f"H.{name}{mode}", lambda _, head=head, opens=opens, chop=chop: self.shake(head, opens, chop)
        for answer, opens in compressed.ANSWERS if self.options.compression else []:
            yield f"E.{answer}", lambda _, answer=answer, opens=opens: self.answer(answer, opens)

    def shake(self, head, opens, chop):
        wire, key = self.requested()
        proof = handshakes.accept(key)
        for mark, value in (("{accept}", proof), ("{lower}", proof.lower()), ("{key}", key)):
            head = head.replace(mark, value)
        behind = b"".join(frame.encode(wire) for frame in (Frame(TEXT, b"behind"), cases.close(1000))) if opens or "101" in head else b""
        wire.write(head.encode("latin-1") + behind, chop)
        return self.ending(wire, opens)

    def ending(self, wire, opens):
        if opens:
            expect(wire, ("text", b"behind"))
            return expect(wire, ("close", 1000))
        try:
            wire.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already
        try:
            raise Fault(f"sends {wire.take(1)} over a connection that is not open")
        except End:
            return {"opened": False}

    def answer(self, answer, opens):
        wire, key = self.requested()
        plain = b"".join(frame.encode(wire) for frame in (Frame(TEXT, b"behind"), cases.close(1000)))
        wire.write(self.accepting(key, answer) + plain)
        wire.deflate = Deflate()
        return self.ending(wire, opens)


def played(subject, options):
    """Every case, with how to play it."""
    terms = compressed.PLAIN_TERMS if options.compression else None
    yield from subject.handshakes()
    groups = [*cases.ALL, *([] if options.compression else [cases.unextended])]
    for name, steps in itertools.chain.from_iterable(group() for group in groups):
        yield from in_modes(subject, name, terms, steps)
    if not options.compression:
        return
    for name, terms, steps in itertools.chain(compressed.details(), compressed.all_terms(), compressed.many(options.volume)):
        yield from in_modes(subject, name, terms, steps)


def in_modes(subject, name, terms, steps):
    small = sum(len(step.payload) + 6 for step in steps if isinstance(step, (Frame, Message))) < SMALL
    modes = ["steps"] if name.startswith(("12.", "13.")) else ["whole"] if name == "7.1.8" else ["whole", "steps", "bytes"]
    for mode in modes:
        if mode in subject.options.modes and (small or mode != "bytes"):
            yield f"{name}/{mode}", lambda number, mode=mode: play_one(subject, number, terms, steps, mode)


def play_one(subject, number, terms, steps, mode):
    wire = subject.begin(number, terms)
    try:
        return play(wire, steps, mode)
    finally:
        wire.sock.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("port", nargs="?", type=int)
    parser.add_argument("--compression", action="store_true")
    parser.add_argument("--modes", default="whole,steps,bytes")
    parser.add_argument("--only", default="")
    parser.add_argument("--volume", type=int, default=262_144)
    options = parser.parse_args()
    subject = Server(options.port, options) if options.role == "server" else Client(options)
    chosen = [(name, run) for name, run in played(subject, options) if name.startswith(options.only)]
    print(json.dumps({"port": subject.port, "cases": len(chosen)}), flush=True)
    for number, (name, run) in enumerate(chosen):
        start = time.monotonic()
        verdict, why, told = "OK", "", None
        try:
            told = run(number)
        except NonStrict as error:
            verdict, why = "NON-STRICT", str(error)
        except (Fault, End, UnicodeDecodeError, OSError) as error:
            verdict, why = "FAIL", str(error) or repr(error)
        except Exception as error:  # what the subject sent could not be read
            verdict, why = "FAIL", repr(error)
        took = round((time.monotonic() - start) * 1000)
        print(json.dumps({"case": name, "number": number, "verdict": verdict, "why": why, "told": told, "ms": took}), flush=True)


main()
