"""Opening handshakes, right and wrong (RFC 6455 §4, RFC 9112): requests to a server, responses to a client."""

import base64
import hashlib

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
BASE = {"Host": "{host}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}


def accept(key):
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def fields(head):
    """The fields of a head, by name in lower case, each with its values."""
    found = {}
    for line in head.decode("latin-1").split("\r\n")[1:-2]:
        name, _, value = line.partition(":")
        found.setdefault(name.lower(), []).append(value.strip(" \t"))
    return found


def request(changes=None, first="GET {path} HTTP/1.1", sep=": ", order=None, case=str, more=""):
    lines = {**BASE, **(changes or {})}
    names = [name for name in (order or lines) if lines[name] is not None]
    each = [f"{case(name)}{sep}{value}\r\n" for name in names for value in (lines[name] if isinstance(lines[name], list) else [lines[name]])]
    return f"{first}\r\n{''.join(each)}{more}\r\n"


def with_field(name, *values):
    return request({name: list(values)})


OPEN = {101}
BAD = {400}


def requests():
    """Each with the statuses that may answer it."""
    right = {
        "plain": request(),
        "lower case": request(case=str.lower),
        "upper case": request(case=str.upper),
        "other order": request(order=[*reversed(BASE)]),
        "no space": request(sep=":"),
        "much space": request(sep=":  \t "),
        "space behind": request({"Upgrade": "websocket \t ", "Sec-WebSocket-Version": "13  ", "Sec-WebSocket-Key": f"{KEY}\t"}),
        "Upgrade in capitals": with_field("Upgrade", "WebSocket"),
        "Upgrade of several": with_field("Upgrade", "h2c, websocket"),
        "Connection of several": with_field("Connection", "keep-alive, Upgrade"),
        "Connection twice": with_field("Connection", "keep-alive", "upgrade"),
        "Connection with empty elements": with_field("Connection", ", ,UPGRADE,"),
        "key of other last bits": with_field("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAB=="),
        "query": request(first="GET {path}?a=/b?c&d=%20%C3%A4 HTTP/1.1"),
        "absolute target": request(first="GET http://{host}{path} HTTP/1.1"),
        "HTTP/1.2": request(first="GET {path} HTTP/1.2"),
        "empty line before": "\r\n" + request(),
        "many fields": request(more="".join(f"X-{n}: {n}\r\n" for n in range(100))),
        "long field": request(more=f"Cookie: {'c' * 8000}\r\n"),
        "empty field": request(more="X-Empty:\r\n"),
        "octets": request(more="X-Octets: \xe4\xf6\xfc\t\x80\xff\r\n"),
        "empty body": request(more="Content-Length: 0\r\n"),
        "subprotocols": request(more="Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Protocol: third\r\n"),
        "unknown extension": request(more="Sec-WebSocket-Extensions: foo; bar=\"baz\", qux\r\n"),
    }  # fmt: skip
    yield from ((name, head, OPEN) for name, head in right.items())
    wrong = {
        "no Host": (request({"Host": None}), BAD),
        "Host twice": (with_field("Host", "{host}", "{host}"), BAD),
        "Host with space": (with_field("Host", "{host} x"), BAD),
        "no Upgrade": (request({"Upgrade": None}), {426, 400, 404}),
        "Upgrade to another": (with_field("Upgrade", "h2c"), {426, 400, 404}),
        "Upgrade of a longer word": (with_field("Upgrade", "websockets"), {426, 400, 404}),
        "no Connection": (request({"Connection": None}), {400, 426, 404}),
        "Connection: close": (with_field("Connection", "close"), {400, 426, 404}),
        "POST": (request(first="POST {path} HTTP/1.1"), {405, 400}),
        "get": (request(first="get {path} HTTP/1.1"), {405, 400, 501}),
        "HTTP/1.0": (request(first="GET {path} HTTP/1.0"), {505, 400, 426, 404}),
        "HTTP/2.0": (request(first="GET {path} HTTP/2.0"), {505, 400}),
        "HTTP/0.9": (request(first="GET {path}"), BAD),
        "http/1.1": (request(first="GET {path} http/1.1"), BAD),
        "two spaces": (request(first="GET  {path} HTTP/1.1"), BAD),
        "target with fragment": (request(first="GET {path}#a HTTP/1.1"), BAD),
        "target without slash": (request(first="GET chat HTTP/1.1"), BAD),
        "target of another host": (request(first="GET http://example.com/ HTTP/1.1"), BAD),
        "no Version": (request({"Sec-WebSocket-Version": None}), {400, 426}),
        **{f"Version {v}": (with_field("Sec-WebSocket-Version", v), {426}) for v in ("0", "8", "12", "14", "25", "255", "130")},
        **{f"Version {v}": (with_field("Sec-WebSocket-Version", v), {400, 426}) for v in ("13, 8", "013", "+13", "13.0", "")},
        "Version twice": (with_field("Sec-WebSocket-Version", "13", "13"), {400, 426}),
        "Versions of two fields": (with_field("Sec-WebSocket-Version", "8", "13"), {400, 426}),
        "no Key": (request({"Sec-WebSocket-Key": None}), BAD),
        "Key twice": (with_field("Sec-WebSocket-Key", KEY, KEY), BAD),
        **{f"Key {k}": (with_field("Sec-WebSocket-Key", k), BAD) for k in ("", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA=", KEY[:-1], KEY + "=", "!" + KEY[1:], "dGhlIHNhbXBsZSBub25j_Q==", KEY[:9] + " " + KEY[9:], "A" * 24, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")},
        "body": (request(more="Content-Length: 5\r\n"), BAD),
        "chunked body": (request(more="Transfer-Encoding: chunked\r\n"), BAD),
        "LF for CRLF": (request().replace("\r\n", "\n"), BAD),
        "one LF": (request(more="X: y\n"), BAD),
        "CR within": (request(more="X: y\rz\r\n"), BAD),
        "NUL within": (request(more="X: y\0z\r\n"), BAD),
        "folded": (request(more="X: y\r\n z\r\n"), BAD),
        "folded first": ("GET {path} HTTP/1.1\r\n" + " X: y\r\n" + request()[len("GET {path} HTTP/1.1\r\n"):], BAD),
        "space before colon": (request(more="X : y\r\n"), BAD),
        "no colon": (request(more="nonsense\r\n"), BAD),
        "no name": (request(more=": y\r\n"), BAD),
        "name with space": (request(more="X Y: z\r\n"), BAD),
        "too many fields": (request(more="".join(f"X-{n}: {n}\r\n" for n in range(3000))), {431, 400}),
        "too long a field": (request(more=f"X: {'y' * 20_000}\r\n"), {431, 400}),
        "too long a target": (request(first=f"GET /{'p' * 30_000} HTTP/1.1"), {414, 431, 400}),
        "TLS": ("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", BAD),
        "nonsense": ("\0\x01\x02\x03", BAD),
        "HTTP/2 preface": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
        "Origin twice": (request(more="Origin: http://a\r\nOrigin: http://b\r\n"), {400, 403}),
        "malformed subprotocols": (request(more="Sec-WebSocket-Protocol: a b\r\n"), BAD),
        "subprotocol twice": (request(more="Sec-WebSocket-Protocol: chat, chat\r\n"), BAD),
        "malformed extensions": (request(more="Sec-WebSocket-Extensions: a b\r\n"), BAD),
    }  # fmt: skip
    yield from ((name, head, statuses) for name, (head, statuses) in wrong.items())


def responses():
    """Each with whether it opens the connection; `{accept}` answers the key."""
    first, upgrade, connection, proof = "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {accept}"
    make = lambda *lines: "".join(f"{line}\r\n" for line in lines) + "\r\n"
    right = {
        "plain": make(first, upgrade, connection, proof),
        "no reason": make("HTTP/1.1 101 ", upgrade, connection, proof),
        "no space for a reason": make("HTTP/1.1 101", upgrade, connection, proof),
        "another reason": make("HTTP/1.1 101 Web Socket Protocol Handshake", upgrade, connection, proof),
        "other order": make(first, proof, connection, upgrade),
        "lower case": make(first, upgrade.lower(), connection.lower(), "sec-websocket-accept: {accept}"),
        "upper case": make(first, "UPGRADE: WEBSOCKET", "CONNECTION: UPGRADE", "SEC-WEBSOCKET-ACCEPT: {accept}"),
        "no space": make(first, "Upgrade:websocket", "Connection:Upgrade", "Sec-WebSocket-Accept:{accept}"),
        "much space": make(first, "Upgrade: \t websocket  ", "Connection: Upgrade\t", "Sec-WebSocket-Accept:  {accept}  "),
        "Connection of several": make(first, upgrade, "Connection: keep-alive, Upgrade", proof),
        "Connection twice": make(first, upgrade, "Connection: keep-alive", connection, proof),
        "further fields": make(first, upgrade, connection, "Server: \xfcber", "Set-Cookie: a=b", "Set-Cookie: c=d", "X:", proof),
        "100 first": make("HTTP/1.1 100 Continue") + make(first, upgrade, connection, proof),
        "103 first": make("HTTP/1.1 103 Early Hints", "Link: <a>") * 2 + make(first, upgrade, connection, proof),
    }  # fmt: skip
    yield from ((name, head, True) for name, head in right.items())
    refused = {status: make(f"HTTP/1.1 {status} No", "Content-Length: 2", "Connection: close") + "no" for status in (200, 204, 301, 400, 401, 403, 404, 426, 500, 503)}
    wrong = {
        **{str(status): head for status, head in refused.items()},
        "no Upgrade": make(first, connection, proof),
        "Upgrade to another": make(first, "Upgrade: h2c", connection, proof),
        "Upgrade to several": make(first, "Upgrade: websocket, h2c", connection, proof),
        "Upgrade twice": make(first, upgrade, upgrade, connection, proof),
        "no Connection": make(first, upgrade, proof),
        "Connection: close": make(first, upgrade, "Connection: close", proof),
        "no Accept": make(first, upgrade, connection),
        "wrong Accept": make(first, upgrade, connection, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "longer Accept": make(first, upgrade, connection, proof + "="),
        "Accept in lower case": make(first, upgrade, connection, "Sec-WebSocket-Accept: {lower}"),
        "the key as Accept": make(first, upgrade, connection, "Sec-WebSocket-Accept: {key}"),
        "Accept twice": make(first, upgrade, connection, proof, proof),
        "subprotocol nobody asked for": make(first, upgrade, connection, proof, "Sec-WebSocket-Protocol: chat"),
        "empty subprotocol": make(first, upgrade, connection, proof, "Sec-WebSocket-Protocol:"),
        "extension nobody asked for": make(first, upgrade, connection, proof, "Sec-WebSocket-Extensions: mystery"),
        "HTTP/1.0": make(first.replace("1.1", "1.0"), upgrade, connection, proof),
        "HTTP/2.0": make(first.replace("1.1", "2.0"), upgrade, connection, proof),
        "status of two digits": make("HTTP/1.1 10 x", upgrade, connection, proof),
        "status of four digits": make("HTTP/1.1 1010 x", upgrade, connection, proof),
        "status 100 alone": make("HTTP/1.1 100 Continue"),
        "too many interim responses": make("HTTP/1.1 100 Continue") * 200,
        "LF for CRLF": make(first, upgrade, connection, proof).replace("\r\n", "\n"),
        "folded": make(first, upgrade, connection, " , close", proof),
        "space before colon": make(first, upgrade, connection, "Sec-WebSocket-Accept : {accept}"),
        "NUL within": make(first, upgrade, connection, proof, "X: \0"),
        "too long a field": make(first, upgrade, connection, proof, f"X: {'y' * 40_000}"),
        "too many fields": make(first, upgrade, connection, proof, *["X: y"] * 4000),
        "SSH": "SSH-2.0-OpenSSH_9.2\r\n",
        "SMTP": "220 mail ESMTP ready\r\n",
        "nonsense": "\0\x01\x02\x03",
        "nothing": "",
        "half a head": make(first, upgrade)[:-2],
    }  # fmt: skip
    yield from ((name, head, False) for name, head in wrong.items())
