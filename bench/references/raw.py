"""The least that a durable answer can cost in Python: a raw websocket server in C, the same group commit, no Socket.IO.

It answers in the frames that Engine.IO would send, so that the same phones can talk to it.
"""

import asyncio
import sys
from pathlib import Path

import orjson
import uvloop
from group import Group
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

port, folder = int(sys.argv[1]), Path(sys.argv[2])
group = Group(str(folder / "raw.sqlite3"))
step = orjson.loads((folder / "step.json").read_bytes())
current = orjson.dumps({"ok": True, "revision": 1, "fragments": {"step": step["cy"]}})


class Phone(WSListener):
    seat = ""

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, b'0{"sid":"raw","pingInterval":25000}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        packet = frame.get_payload_as_bytes()
        if packet.startswith(b"40"):
            self.seat = str(orjson.loads(packet[2:])["seat"])
            transport.send(WSMsgType.TEXT, b'40{"sid":"raw"}')
            return
        bracket = packet.index(b"[")
        number = packet[2:bracket]
        event, *data = orjson.loads(packet[bracket:])
        if event == "watch":
            group.join(self.seat, waking(transport, b"43%s[%s]" % (number, current)))
        else:
            one = data[0]
            ack = b'43%s[{"ok":true,"status":"received","n":%d}]' % (number, one["n"])
            value = orjson.dumps(one["value"]).decode()
            group.keep(self.seat, one["exercise"], one["n"], value, waking(transport, ack))


def waking(transport: WSTransport, packet: bytes):
    """Sends the packet from the loop's thread."""
    return lambda: loop.call_soon_threadsafe(transport.send, WSMsgType.TEXT, packet)


async def serve() -> None:
    global loop
    loop = asyncio.get_running_loop()
    server = await ws_create_server(lambda request: Phone(), "127.0.0.1", port, backlog=2048)
    print("ready", flush=True)
    await server.serve_forever()


loop: asyncio.AbstractEventLoop
uvloop.run(serve())
