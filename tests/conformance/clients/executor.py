# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A custom v1 executor: subscribes, reports running and finished.

Writes what it saw as JSON to its standard output.
"""

import base64
import http.client
import json
import os
import uuid

host, port = os.environ["MESOS_AGENT_ENDPOINT"].split(":")
ids = {
    "framework_id": {"value": os.environ["MESOS_FRAMEWORK_ID"]},
    "executor_id": {"value": os.environ["MESOS_EXECUTOR_ID"]},
}
PATH = "/api/v1/executor"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
token = os.environ.get("MESOS_EXECUTOR_AUTHENTICATION_TOKEN")
if token:
    HEADERS["Authorization"] = "Bearer " + token
notes = {
    "environment": sorted(k for k in os.environ if k.startswith(("MESOS", "LIBPROCESS"))),
    "events": [],
    "calls": [],
}


def post(call):
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("POST", PATH, json.dumps(dict(ids, **call)), HEADERS)
    response = connection.getresponse()
    notes["calls"].append([call["type"], response.status, response.read().decode()])


def update(task_id, state):
    post(
        {
            "type": "UPDATE",
            "update": {
                "status": {
                    "task_id": task_id,
                    "state": state,
                    "source": "SOURCE_EXECUTOR",
                    "executor_id": ids["executor_id"],
                    "uuid": base64.b64encode(uuid.uuid4().bytes).decode(),
                }
            },
        }
    )


stream = http.client.HTTPConnection(host, int(port), timeout=10)
stream.request("POST", PATH, json.dumps(dict(ids, type="SUBSCRIBE", subscribe={})), HEADERS)
answer = stream.getresponse()
notes["subscribe"] = {
    "status": answer.status,
    "headers": {name: value for name, value in answer.getheaders() if name != "Date"},
}
acknowledged = 0
while answer.status == 200 and acknowledged < 2:
    digits = b""
    while not digits.endswith(b"\n"):
        digits += answer.read(1)
    event = json.loads(answer.read(int(digits)))
    notes["events"].append(event)
    if event["type"] == "LAUNCH":
        task = event["launch"]["task"]["task_id"]
        update(task, "TASK_RUNNING")
    if event["type"] == "ACKNOWLEDGED":
        acknowledged += 1
        if acknowledged == 1:
            update(task, "TASK_FINISHED")
print(json.dumps(notes, indent=1, sort_keys=True))
