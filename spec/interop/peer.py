"""Python's websockets as a peer: `peer.py client URL` talks to our server, `peer.py server` waits for our client."""

import asyncio
import json
import sys

import websockets


async def client(url):
    """Says what came back to each thing it did, as one JSON object."""
    seen = {}
    async with websockets.connect(url, subprotocols=["one", "two"], max_size=None) as peer:
        seen["subprotocol"] = peer.subprotocol
        await peer.send("Grüße, 世界, 🌍")
        seen["text"] = await peer.recv()
        data = bytes(range(256)) * 4096
        await peer.send(data)
        seen["binary"] = await peer.recv() == data
        await peer.send("")
        seen["empty"] = await peer.recv()
        await peer.send(["in ", "", "three ", "pieces"])
        seen["fragments"] = await peer.recv()
        await (await peer.ping(b"from Python"))
        seen["pong"] = True
        await peer.close(4002, "Python has enough")
        seen["close"] = [peer.close_code, peer.close_reason]
    print(json.dumps(seen))


async def server():
    """Prints its port, echoes in fragments, pings, and at last prints how the connection ended."""
    ended = asyncio.get_running_loop().create_future()

    async def handle(peer):
        await (await peer.ping(b"from Python"))
        try:
            async for message in peer:
                if message == "close":
                    await peer.close(4003, "Python has enough")
                else:
                    half = len(message) // 2
                    await peer.send([message[:half], message[half:]])
        except websockets.ConnectionClosed:
            pass
        await peer.wait_closed()
        ended.set_result([peer.close_code, peer.close_reason])

    async with websockets.serve(handle, "127.0.0.1", 0, subprotocols=["two"], max_size=None) as listening:
        print(listening.sockets[0].getsockname()[1], flush=True)
        print(json.dumps(await ended), flush=True)


asyncio.run(client(sys.argv[2]) if sys.argv[1] == "client" else server())
