"""Drives Telethon by JSON lines: requests on stdin, answers and updates on stdout."""
import asyncio
import base64
import json
import sys

from telethon import TelegramClient, events, functions, types
from telethon.crypto import AuthKey, rsa
from telethon.errors import RPCError, SessionPasswordNeededError
from telethon.sessions import MemorySession

API_HASH = "0123456789abcdef0123456789abcdef"
SAFE_INTEGER = 2**53


def upper_first(name):
    return name[0].upper() + name[1:]


def lower_first(name):
    return name[0].lower() + name[1:]


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$n" in value:
        return int(value["$n"])
    if "$b" in value:
        return base64.b64decode(value["$b"])
    name = value["_"]
    fields = {key: decode(item) for key, item in value.items() if key != "_"}
    return getattr(types, upper_first(name))(**fields)


def encode(value):
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, bytes):
        return {"$b": base64.b64encode(value).decode()}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= SAFE_INTEGER:
        return {"$n": str(value)}
    if isinstance(value, dict):
        result = {key: encode(item) for key, item in value.items()}
        if "_" in result:
            result["_"] = lower_first(result["_"])
        return result
    if hasattr(value, "timestamp"):
        return int(value.timestamp())
    return value


def write(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def fault(error):
    """Telethon replaces the server's name by a sentence: it is kept by class in its own table."""
    from telethon.errors.rpcerrorlist import rpc_errors_dict, rpc_errors_re

    for name, cls in rpc_errors_dict.items():
        if type(error) is cls:
            return name
    for pattern, cls in rpc_errors_re:
        if type(error) is cls:
            number = next((v for k, v in vars(error).items() if isinstance(v, int) and k != "code"), "")
            return pattern.replace("(\\d+)", str(number))
    return error.message


class Bridge:
    def __init__(self, options):
        session = MemorySession()
        session.set_dc(options["dc"], options["host"], options["port"])
        if options.get("authKey"):
            session.auth_key = AuthKey(data=base64.b64decode(options["authKey"]))
        rsa.add_key(options["pem"], old=False)
        self.client = TelegramClient(
            session, options["apiId"], API_HASH, flood_sleep_threshold=0, request_retries=1, connection_retries=3
        )

    async def start(self):
        await self.client.connect()
        self.client.add_event_handler(lambda update: self.on_update(update), events.Raw())

    async def on_update(self, update):
        write({"update": encode(update.to_dict())})

    async def invoke(self, method, params):
        space, _, name = method.rpartition(".")
        module = getattr(functions, space) if space else functions
        request = getattr(module, upper_first(name) + "Request")(**decode_fields(params))
        result = await self.client(request)
        if isinstance(result, bool):
            return {"_": "boolTrue" if result else "boolFalse"}
        if isinstance(result, list):
            return [encode(item.to_dict()) for item in result]
        return encode(result.to_dict())

    async def login(self, phone, code, password):
        await self.client.send_code_request(phone)
        try:
            me = await self.client.sign_in(phone, code)
        except SessionPasswordNeededError:
            me = await self.client.sign_in(password=password)
        return me.id

    async def qr(self, password):
        login = await self.client.qr_login()
        write({"token": base64.b64encode(login.token).decode()})
        try:
            me = await login.wait(10)
        except SessionPasswordNeededError:
            me = await self.client.sign_in(password=password)
        return me.id


def decode_fields(params):
    return {key: decode(value) for key, value in params.items()}


async def answer(bridge, request):
    try:
        operation = getattr(bridge, request["op"])
        write({"id": request["id"], "result": await operation(**request["args"])})
    except RPCError as error:
        write({"id": request["id"], "fault": {"code": error.code or 0, "message": fault(error)}})
    except Exception as error:  # noqa: BLE001 - reported to the test
        write({"id": request["id"], "failure": f"{type(error).__name__}: {error}"})


async def main():
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    bridge = Bridge(json.loads(await reader.readline()))
    await bridge.start()
    write({"ready": True})
    tasks = set()
    while line := await reader.readline():
        task = asyncio.create_task(answer(bridge, json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await bridge.client.disconnect()


asyncio.run(main())
