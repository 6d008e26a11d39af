#!/usr/bin/env python3
"""Holds `atelier mcp` against the public client library of the Model Context Protocol.

    python3 -m venv .venv && .venv/bin/pip install -r tools/peers/requirements-mcp.txt
    .venv/bin/python tools/peers/mcp_client.py --atelier .build/release/atelier --models models --picture /tmp/scene.png

Starts the server as an agent's client does, once without a handshake (the newest revision of the protocol) and once with `initialize`; lists the
tools, draws, hears of a change that it subscribed to, edits with the revision that is current and with one that is not, takes the edit back,
reads the scene's resources, shows it as a picture and asks about it. The library checks every answer against the protocol's types, and structured
answers against the schemas that the tools declare. Prints one line a check; exits with 1 when one failed. Not needed to use Atelier.
"""
import argparse
import asyncio
import base64
import json
import os
import sys
import warnings

import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters

TOOLS = {"draw", "open", "edit", "erase", "complete", "undo", "render", "detect", "describe", "ask", "scenes"}


class Report:
    def __init__(self, name):
        self.name, self.failed = name, 0

    def check(self, good, what):
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {self.name}: {what}")
        return good


def words(result):
    """The text blocks of a tool's answer."""
    return " ".join(block.text for block in result.content if isinstance(block, types.TextContent))


async def call(client, report, tool, **arguments):
    """Calls a tool that has to succeed; gives its structured answer."""
    result = await client.call_tool(tool, arguments)
    if not report.check(not result.is_error, f"{tool} {json.dumps(arguments)}" + (f": {words(result)}" if result.is_error else "")):
        return None
    return result


async def drawing(client, report, arguments):
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    report.check(set(listed) == TOOLS, f"tools: {', '.join(sorted(listed))}")
    report.check(all(tool.description and tool.input_schema["type"] == "object" for tool in listed.values()), "each tool describes itself and its input")
    report.check(listed["render"].annotations.read_only_hint is True and listed["erase"].annotations.destructive_hint is True, "hints say which tools change scenes")

    drawn = await call(client, report, "draw", prompt="a cat to the left of a house", seed=7)
    if drawn is None:
        return
    scene = drawn.structured_content
    print(f"     scene {scene['scene']} at revision {scene['revision']}: {scene['summary']} {'; '.join(scene['relations'])}")
    report.check(any(isinstance(block, types.ImageContent) for block in drawn.content), "the drawing comes with a picture")
    report.check(any(isinstance(block, types.ResourceLink) and str(block.uri) == scene["uri"] for block in drawn.content), "and with a link to its resource")

    async with asyncio.timeout(60):
        heard = await changed(client, report, scene)
    report.check(heard == scene["uri"], f"a change is told to who asked for it: {heard}")
    number, revision = scene["scene"], scene["revision"] + 1

    # The change above has made revision 2: an edit meant for revision 1 must not be done.
    stale = await client.call_tool("edit", {"scene": number, "revision": 1, "command": "make the cat bigger"})
    report.check(stale.is_error and f"current revision is {revision}" in words(stale), f"an edit of a stale revision is refused: {words(stale)}")
    edited = await call(client, report, "edit", scene=number, revision=revision, command="make the cat bigger", sureness=0)
    if edited is None:
        return
    print(f"     {', '.join(step['verb'] + ' ' + step['class'] for step in edited.structured_content['steps'])}; {edited.structured_content['summary']}")
    report.check(edited.structured_content["revision"] == revision + 1, "the edit makes the next revision")
    undone = await call(client, report, "undo", scene=number, revision=revision + 1)
    report.check(undone is not None and undone.structured_content["undone"] == "make the cat bigger", "and can be taken back")

    resources = [str(resource.uri) for resource in (await client.list_resources()).resources]
    report.check(scene["uri"] in resources, f"resources: {', '.join(resources)}")
    held = json.loads((await client.read_resource(scene["uri"])).contents[0].text)
    report.check(held["revision"] == revision + 2 and len(held["strokes"]) > 0, f"{scene['uri']} holds {len(held['strokes'])} strokes")
    report.check((await client.read_resource(scene["uri"] + ".svg")).contents[0].text.startswith("<svg"), "and can be read as SVG")
    try:
        await client.read_resource("atelier://scene/999")
        report.check(False, "a resource that is not there is an error")
    except MCPError as error:
        report.check(True, f"a resource that is not there is an error: {error.error.code}, {error.error.message}")

    shown = await call(client, report, "render", scene=number, labels=True, boxes=True, colors=True)
    picture = next((block for block in (shown.content if shown else []) if isinstance(block, types.ImageContent)), None)
    if report.check(picture is not None and picture.mime_type == "image/png", "render gives a PNG"):
        with open(arguments.picture, "wb") as file:
            file.write(base64.b64decode(picture.data, validate=True))
        print(f"     written to {arguments.picture}")
    described = await call(client, report, "describe", scene=number)
    if described:
        print(f"     {described.structured_content['text']}")
    asked = await call(client, report, "ask", scene=number, question="Is there a cat left of the house?")
    if asked:
        print(f"     Is there a cat left of the house? {asked.structured_content['answer']}")

    wrong = await client.call_tool("draw", {"prompt": "a cat", "seed": "seven"})
    report.check(wrong.is_error and "seed" in words(wrong), f"a wrong argument is named: {words(wrong)}")


async def changed(client, report, scene):
    """Subscribes to the scene, adds something to it, and gives the address that is told to have changed."""
    change = {"scene": scene["scene"], "revision": scene["revision"], "command": "add a sun in the top left corner", "sureness": 0}
    if client.protocol_version >= "2026":
        async with client.listen(resource_subscriptions=[scene["uri"]]) as subscription:
            await call(client, report, "edit", **change)
            async for event in subscription:
                return str(event.uri)
    heard = client.heard
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await client.subscribe_resource(scene["uri"])
    await call(client, report, "edit", **change)
    return await heard.get()


async def converse(arguments, mode):
    heard = asyncio.Queue()

    async def hear(message):
        if isinstance(message, types.ResourceUpdatedNotification):
            await heard.put(str(message.params.uri))

    # The library passes on only a few variables of its own environment.
    environment = {key: value for key, value in os.environ.items() if key.startswith("ATELIER_")}
    if arguments.models:
        environment["ATELIER_MODELS"] = os.path.abspath(arguments.models)
    server = StdioServerParameters(command=os.path.abspath(arguments.atelier), args=["mcp"], env=environment)
    async with Client(server, mode=mode, message_handler=hear, read_timeout_seconds=120) as client:
        client.heard = heard
        report = Report(client.protocol_version)
        about = client.server_info
        report.check(about is not None and about.name == "atelier", f"{about.name if about else '?'} {about.version if about else ''}")
        report.check(bool(client.instructions), "the server says how to work with it")
        await drawing(client, report, arguments)
        return report.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atelier", default=".build/release/atelier", help="the program")
    parser.add_argument("--models", help="folder of models; else where the program finds them")
    parser.add_argument("--picture", default="scene.png", help="where the rendered scene goes")
    arguments = parser.parse_args()
    failed = sum(asyncio.run(converse(arguments, mode)) for mode in ("auto", "legacy"))
    print("all good" if failed == 0 else f"{failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
