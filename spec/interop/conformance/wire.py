"""One side of a WebSocket connection on a blocking socket, strict about what the other side sends (RFC 6455 §5)."""

import os
import select
import socket
import struct
import time
import zlib

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KINDS = {TEXT: "text", BINARY: "binary", PING: "ping", PONG: "pong"}
TAIL = b"\x00\x00\xff\xff"
PATIENCE = 10  # seconds of silence that are a failure


class Fault(Exception):
    """The subject did what it must not."""


class End(Exception):
    """The subject ended the transport; `reset` where not in order."""

    def __init__(self, reset=False):
        super().__init__("the transport was reset" if reset else "the transport ended")
        self.reset = reset


def mask(data, key):
    size = len(data)
    pad = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")


class Frame:
    """A frame to send, right or wrong: `form` is the bytes of the length, `announce` its value, `cut` what is sent of the payload."""

    def __init__(self, opcode, payload=b"", fin=True, rsv=0, masked=None, form=None, announce=None, cut=None, key=None):
        self.first = (0x80 if fin else 0) | rsv << 4 | opcode
        self.payload, self.masked, self.form, self.announce, self.cut, self.key = payload, masked, form, announce, cut, key

    def encode(self, wire):
        masked = wire.client if self.masked is None else self.masked(wire.client)
        length = len(self.payload) if self.announce is None else self.announce
        form = self.form if self.form is not None else 0 if length < 126 else 2 if length < 65536 else 8
        second = length if form == 0 else 126 if form == 2 else 127
        head = bytes([self.first, second | (0x80 if masked else 0)])
        head += struct.pack(">H", length) if form == 2 else struct.pack(">Q", length) if form == 8 else b""
        payload = self.payload
        if masked:
            key = os.urandom(4) if self.key is None else self.key
            head += key
            payload = mask(payload, key)
        return head + payload[: self.cut]


class Message:
    """A message to send: in fragments of `size` bytes, and compressed where that was agreed on and it is not `plain`."""

    def __init__(self, opcode, payload, size=None, plain=False):
        self.opcode, self.payload, self.size, self.plain = opcode, payload, size, plain

    def encode(self, wire):
        payload, rsv = self.payload, 0
        if wire.deflate is not None and not self.plain:
            payload, rsv = wire.deflate.compress(payload), 4
        size = self.size or max(len(payload), 1)
        pieces = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
        last = len(pieces) - 1
        frames = (
            Frame(self.opcode if i == 0 else CONTINUATION, piece, i == last, rsv if i == 0 else 0)
            for i, piece in enumerate(pieces)
        )
        return b"".join(frame.encode(wire) for frame in frames)


class Deflate:
    """What one side makes of permessage-deflate (RFC 7692): its own window and takeover, and those of the subject."""

    def __init__(self, bits=15, takeover=True, peer_bits=15, peer_takeover=True, level=6):
        self.bits, self.takeover, self.peer_bits, self.peer_takeover, self.level = bits, takeover, peer_bits, peer_takeover, level
        self.deflater = self.inflater = None

    def compress(self, payload):
        if payload == b"":
            return b"\x00"  # §7.2.3.6
        if self.deflater is None or not self.takeover:
            self.deflater = zlib.compressobj(self.level, zlib.DEFLATED, -max(self.bits, 9))
        data = self.deflater.compress(payload) + self.deflater.flush(zlib.Z_SYNC_FLUSH)
        return data[:-4]

    def decompress(self, data):
        if self.inflater is None or not self.peer_takeover:
            self.inflater = zlib.decompressobj(-self.peer_bits)
        data += TAIL
        if self.peer_bits == 15:
            return self.inflater.decompress(data)
        # A byte at a time, so that zlib has no more than the window to refer to.
        pieces = []
        while data:
            pieces.append(self.inflater.decompress(data, 1 if len(data) < 20_000 else 256))
            data = self.inflater.unconsumed_tail
        return b"".join(pieces)


class Wire:
    """@client: whether we are the client, whose frames are masked and to whom no masked frame may come."""

    def __init__(self, sock, client, deflate=None, rest=b""):
        self.sock, self.client, self.deflate = sock, client, deflate
        self.received, self.at = bytearray(rest), 0
        self.ended = None
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data, chop=None):
        """Sends all, and takes meanwhile what comes, so that two who write at once do not wait for each other."""
        view, at, until = memoryview(data), 0, time.monotonic() + PATIENCE
        while at < len(view) and self.ended is None:
            stop = len(view) if chop is None else min(len(view), at + chop)
            try:
                at += self.sock.send(view[at:stop])
                until = time.monotonic() + PATIENCE
            except BlockingIOError:
                readable, writable, _ = select.select([self.sock], [self.sock], [], 1)
                if readable:
                    self._pull()
                if not (readable or writable) and time.monotonic() > until:
                    raise Fault("takes no bytes any more") from None
            except OSError:
                while self.ended is None:  # whoever ended may have said why
                    self._wait()

    def _pull(self):
        try:
            data = self.sock.recv(1 << 20)
            if data:
                self.received += data
            else:
                self.ended = End()
        except BlockingIOError:
            pass
        except OSError:
            self.ended = End(reset=True)

    def _wait(self, patience=PATIENCE):
        if not select.select([self.sock], [], [], patience)[0]:
            raise Fault(f"says nothing for {patience} s")
        self._pull()

    def take(self, count, patience=PATIENCE):
        while len(self.received) - self.at < count:
            if self.ended is not None:
                raise self.ended
            self._wait(patience)
        data = bytes(self.received[self.at : self.at + count])
        self.at += count
        if self.at > 1 << 16 and self.at * 2 > len(self.received):
            del self.received[: self.at]
            self.at = 0
        return data

    def head(self):
        while (end := self.received.find(b"\r\n\r\n", self.at)) < 0:
            if self.ended is not None:
                raise self.ended
            self._wait()
        return self.take(end + 4 - self.at)

    def frame(self):
        first, second = self.take(2)
        fin, rsv, opcode, length = first >> 7, first >> 4 & 7, first & 15, second & 127
        if opcode not in (0, 1, 2, 8, 9, 10):
            raise Fault(f"sends opcode {opcode}")
        if opcode > 7 and (not fin or length > 125 or rsv):
            raise Fault("sends a control frame that is fragmented, too long or marked")
        if rsv & 3 or (rsv and (self.deflate is None or opcode == CONTINUATION)):
            raise Fault(f"sets RSV bits {rsv} on opcode {opcode}")
        if (second > 127) == self.client:
            raise Fault("masks as a server, or does not as a client")
        if length > 125:
            size = 2 if length == 126 else 8
            length = int.from_bytes(self.take(size), "big")
            if length < (126 if size == 2 else 65536):
                raise Fault(f"sends a length of {length} in {size} bytes")
        key = b"" if self.client else self.take(4)
        payload = self.take(length)
        return fin, rsv, opcode, payload if self.client else mask(payload, key)

    def event(self):
        """The next message or control frame: its kind and payload; of a Close its code, or None, and its reason."""
        opcode, pieces, marked = None, [], False
        while True:
            fin, rsv, frame_opcode, payload = self.frame()
            if frame_opcode == CLOSE:
                if len(payload) == 1:
                    raise Fault("sends a Close of one byte")
                code = int.from_bytes(payload[:2], "big") if payload else None
                return "close", code, payload[2:].decode()
            if frame_opcode > 7:
                return KINDS[frame_opcode], payload
            if (frame_opcode == CONTINUATION) == (opcode is None):
                raise Fault("continues no message, or begins one within another")
            if opcode is None:
                opcode, marked = frame_opcode, rsv == 4
            pieces.append(payload)
            if fin:
                whole = b"".join(pieces)
                if marked:
                    whole = self.deflate.decompress(whole)
                if opcode == TEXT:
                    whole.decode()
                return KINDS[opcode], whole

    def expect_end(self, patience=PATIENCE):
        """Nothing more may come, and the transport has to end in order."""
        try:
            data = self.take(1, patience)
        except End as end:
            if end.reset:
                raise Fault("resets the transport") from None
            return
        raise Fault(f"sends {len(self.received) - self.at + 1} bytes behind its Close, beginning with {data.hex()}")

    def still_open(self, seconds):
        if self.ended is None and select.select([self.sock], [], [], seconds)[0]:
            self._pull()
        return self.ended is None
