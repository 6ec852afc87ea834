"""A client that nobody here wrote (PyPI pfruck_contabo) works a day at the sandbox.

It reads the sandbox's line of JSON from standard input and prints one line per deed. Whatever it cannot parse, it says
by an exception, and that ends the day with a failure.

Its own defects, which the sandbox is not to blame for:

* its instance models hold `cancelDate` against the pattern `yyyy-mm-dd`, taken literally, on a value that is a date by
  then: no instance of any provider can pass. The day begins by seeing that, then takes the two rules out;
* it wants a date where the document requires `cancelDate` and has no word for "not cancelled": object storages are
  written with a date far away (`no_date: far_future`), as for other judges of formats;
* it knows neither firewalls, virtual addresses, DNS nor domains, which are younger than it is.
"""

import json
import sys
import time
import urllib.parse
import urllib.request
import uuid
from typing import Any

import pfruck_contabo as theirs
from pfruck_contabo.models.instance_response import InstanceResponse
from pfruck_contabo.models.list_instances_response_data import ListInstancesResponseData

LINE = json.load(sys.stdin)
CONTABO = LINE["contabo"]


def control(path, body):
    request = urllib.request.Request(LINE["control_url"].rstrip("/") + path, json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    return json.load(urllib.request.urlopen(request))


def passes(seconds):
    """Time goes by at the provider; nobody waits."""
    control("/clock", {"advance_seconds": seconds})


def token():
    form = {name: CONTABO[name] for name in ("client_id", "client_secret", "password")}
    form |= {"grant_type": "password", "username": CONTABO["user"]}
    answer = urllib.request.urlopen(CONTABO["token_url"], urllib.parse.urlencode(form).encode())
    return json.load(answer)["access_token"]


CONFIGURATION = theirs.Configuration(host=CONTABO["api_url"], access_token=token())
API = theirs.ApiClient(CONFIGURATION)
DEEDS = []


def deed(what):
    DEEDS.append(what)
    print(what, flush=True)


def ids():
    return {"x_request_id": str(uuid.uuid4()), "x_trace_id": "stranger"}


def refused(status, call):
    """Insists that the provider refuses with this status, in a body that says so too."""
    try:
        call()
    except theirs.ApiException as error:
        body = json.loads(error.body)
        assert error.status == status == body["statusCode"] and body["message"], (error.status, error.body)
        return
    raise AssertionError(f"not refused with {status}")


def without_its_broken_rule(model):
    model.model_fields["cancel_date"].annotation = Any
    model.__annotations__["cancel_date"] = Any
    for name in [n for n in model.__pydantic_decorators__.field_validators if n.startswith("cancel_date_")]:
        del model.__pydantic_decorators__.field_validators[name]
    model.model_rebuild(force=True)


def defects(instances):
    try:
        instances.retrieve_instances_list(**ids())
        raise AssertionError("its rule for cancelDate has been mended: take this part out")
    except (TypeError, ValueError):
        deed("cannot read an instance as it comes from the registry (its own rule for cancelDate)")
    for model in (InstanceResponse, ListInstancesResponseData, theirs.ListInstancesResponse, theirs.FindInstanceResponse):
        without_its_broken_rule(model) if "cancel_date" in model.model_fields else model.model_rebuild(force=True)


def until(instances, instance, wanted):
    for _ in range(60):
        status = instances.retrieve_instance(instance_id=instance, **ids()).data[0].status
        if status.value == wanted:
            return
        passes(10)
    raise AssertionError(f"{instance} is {status}, not {wanted}")


def reading(instances):
    first = instances.retrieve_instances_list(size=5, order_by=["name:asc"], **ids())
    assert first.pagination.size == 5 and first.pagination.total_elements >= len(first.data) > 0
    names = [one.name for one in first.data]
    assert names == sorted(names), names
    some = first.data[0]
    same = instances.retrieve_instances_list(instance_ids=str(some.instance_id), **ids())
    assert [one.instance_id for one in same.data] == [some.instance_id]
    running = instances.retrieve_instances_list(status="running", size=100, **ids())
    assert running.data and all(one.status.value == "running" for one in running.data)
    deed(f"lists {first.pagination.total_elements} instances, orders and filters them")
    images = theirs.ImagesApi(API).retrieve_image_list(standard_image=True, size=100, **ids())
    places = theirs.ObjectStoragesApi(API).retrieve_data_center_list(**ids())
    theirs.ImagesApi(API).retrieve_custom_images_stats(**ids())
    storages = theirs.ObjectStoragesApi(API).retrieve_object_storage_list(**ids())
    networks = theirs.PrivateNetworksApi(API).retrieve_private_network_list(**ids())
    users = theirs.UsersApi(API).retrieve_user_list(**ids())
    roles = theirs.RolesApi(API).retrieve_role_list(**ids())
    counts = [len(page.data) for page in (images, places, storages, networks, users, roles)]
    deed(f"lists images, data centers, object storages, networks, users, roles: {counts}")
    return next(one.image_id for one in images.data if one.name.lower().startswith("ubuntu"))


def ordering(instances, image):
    secrets = theirs.SecretsApi(API)
    wanted = theirs.CreateSecretRequest(name="stranger", value="PwdA?2092w#", type="password")
    secret = secrets.create_secret(create_secret_request=wanted, **ids()).data[0].secret_id
    assert secrets.retrieve_secret(secret_id=secret, **ids()).data[0].value == "PwdA?2092w#"
    order = theirs.CreateInstanceRequest(
        imageId=image, productId="V94", region="EU", period=1, displayName="stranger", rootPassword=int(secret),
        userData="#cloud-config\npackages: [nginx]\n", defaultUser="root",
    )
    mark = ids()
    instance = instances.create_instance(create_instance_request=order, **mark).data[0].instance_id
    passes(3)
    audit = theirs.InstancesAuditsApi(API).retrieve_instances_audits_list(request_id=mark["x_request_id"], **ids())
    assert [(row.instance_id, row.trace_id) for row in audit.data] == [(instance, "stranger")]
    deed("orders an instance and finds it by its request id in the audits")
    until(instances, instance, "running")
    found = instances.retrieve_instance(instance_id=instance, **ids()).data[0]
    assert found.display_name == "stranger" and found.ip_config.v4.ip, found
    name = theirs.PatchInstanceRequest(displayName="stranger 2")
    instances.patch_instance(instance_id=instance, patch_instance_request=name, **ids())
    assert instances.retrieve_instances_list(display_name="stranger 2", **ids()).data[0].instance_id == instance
    deed("sees it through to running, reads its address, renames it")
    return instance


def acting(instances, instance):
    actions = theirs.InstanceActionsApi(API)
    for name, then in [("stop", "stopped"), ("start", "running"), ("restart", "running"), ("shutdown", "stopped"),
                       ("start", "running")]:
        done = getattr(actions, name)(instance_id=instance, **ids()).data[0]
        assert (done.instance_id, done.action) == (instance, name), done
        passes(1)
        until(instances, instance, then)
    deed("stops, starts, restarts and shuts it down")
    refused(404, lambda: actions.start(instance_id=1, **ids()))


def snapping(instances, instance):
    snapshots = theirs.SnapshotsApi(API)
    wanted = theirs.CreateSnapshotRequest(name="before", description="by a stranger")
    made = snapshots.create_snapshot(instance_id=instance, create_snapshot_request=wanted, **ids()).data[0].snapshot_id
    passes(30)
    at = {"instance_id": instance, "snapshot_id": made}
    more = lambda: snapshots.create_snapshot(instance_id=instance, create_snapshot_request=wanted, **ids())
    refused_at = 1
    for refused_at in range(1, 12):
        try:
            more()
        except theirs.ApiException as error:
            assert error.status == 402, error
            break
    snapshots.update_snapshot(update_snapshot_request=theirs.UpdateSnapshotRequest(name="kept"), **at, **ids())
    assert snapshots.retrieve_snapshot(**at, **ids()).data[0].name == "kept"
    snapshots.rollback_snapshot(body={}, **at, **ids())
    passes(120)
    until(instances, instance, "running")
    assert len(snapshots.retrieve_snapshot_list(instance_id=instance, **ids()).data) == 1, "newer ones are gone"
    snapshots.delete_snapshot(**at, **ids())
    assert snapshots.retrieve_snapshot_list(instance_id=instance, **ids()).data == []
    deed(f"takes {refused_at} snapshots until the plan says 402, renames, rolls back, deletes")


def tagging(instance):
    tags, on = theirs.TagsApi(API), theirs.TagAssignmentsApi(API)
    wanted = theirs.CreateTagRequest(name="stranger:seen", color="#123456")
    tag = int(tags.create_tag(create_tag_request=wanted, **ids()).data[0].tag_id)
    refused(409, lambda: tags.create_tag(create_tag_request=wanted, **ids()))
    where = {"tag_id": tag, "resource_type": "instance", "resource_id": str(instance)}
    on.create_assignment(**where, **ids())
    found = on.retrieve_assignment_list(tag_id=tag, **ids()).data
    assert [one.resource_id for one in found] == [str(instance)]
    on.retrieve_assignment(**where, **ids())
    refused(409, lambda: tags.delete_tag(tag_id=tag, **ids()))
    tags.update_tag(tag_id=tag, update_tag_request=theirs.UpdateTagRequest(color="#654321"), **ids())
    on.delete_assignment(**where, **ids())
    tags.delete_tag(tag_id=tag, **ids())
    refused(404, lambda: tags.retrieve_tag(tag_id=tag, **ids()))
    deed("tags it, may not delete the tag while it is on something, and may afterwards")


def day():
    began = time.monotonic()
    control("/contabo", {"no_date": "far_future", "audit_lag_seconds": 2})
    instances = theirs.InstancesApi(API)
    defects(instances)
    image = reading(instances)
    instance = ordering(instances, image)
    acting(instances, instance)
    CONFIGURATION.access_token = token()
    snapping(instances, instance)
    tagging(instance)
    instances.cancel_instance(instance_id=instance, **ids())
    left = instances.retrieve_instance(instance_id=instance, **ids()).data[0]
    assert left.cancel_date and left.status.value == "running", left
    deed("cancels it; it has a date and lives on")
    print(f"{len(DEEDS)} deeds in {time.monotonic() - began:.1f} s")


day()
