"""mesos_component's two halves together: certificates come with settings, and are judged before anything is written."""

import json
import os
import subprocess
from types import SimpleNamespace

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.mesos.security.plugins.action.mesos_component import ActionModule
from ansible_collections.mesos.security.plugins.module_utils import _component_run

CONNECTION = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/nowhere"))


class Task(SimpleNamespace):
    """As much of a task as an action plugin looks at."""

    def __init__(self, args, check):
        super().__init__(args=args, check_mode=check, diff=True, async_val=0, action="its name", delegate_to=None)


def run_command(argv, data=b"", binary_data=True):
    done = subprocess.run(argv, input=data, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def bring(node, monkeypatch):
    """A function that runs the action plugin on the node; .calls counts the remote calls of the last run."""

    def remote(_self, module_name, module_args, task_vars):
        assert module_name == "mesos.security.mesos_component"
        given = json.loads(json.dumps(module_args))
        bring.calls.append(given)
        try:
            answer = _component_run.run(given["plan"], bring.check, run_command, given["keys"] or {})
            return json.loads(json.dumps(answer))
        except _component_run.PROBLEMS as problem:
            return {"failed": True, "refused": True, "msg": _component_run.words(problem)}

    def bring(component="master", tls="required", layout="process", check=False, **more):
        bring.calls, bring.check = [], check
        args = {"component": component, "layout": layout, "root": str(node.root), "bin_dir": str(node.bin)}
        args |= {"modes": {"tls": tls}} if tls else {}
        action = ActionModule(Task(args | more, check), CONNECTION, None, DataLoader(), None, None)
        return action.run(task_vars={"inventory_hostname": "host1"})

    monkeypatch.setattr(ActionModule, "_execute_module", remote)
    return bring


@pytest.fixture
def refused(node, bring):
    """A function that asserts a refusal in which nothing was written, and returns its words."""

    def refused(*arguments, **more):
        before = node.snapshot()
        for check in (True, False):
            answer = bring(*arguments, check=check, **more)
            assert answer["failed"] and node.snapshot() == before
        assert answer["msg"].startswith("host1: ") and "Nothing was changed." in answer["msg"]
        return answer["msg"]

    return refused


def openssl(*words, **more):
    subprocess.run(["openssl", *words], check=True, capture_output=True, **more)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A directory with keys and certificates of all kinds, made with openssl."""
    here = tmp_path_factory.mktemp("material")
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256"]
    openssl(*new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", cwd=here)
    openssl(*new, "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=other authority", cwd=here)
    openssl("genpkey", "-algorithm", "rsa", "-out", "node.key", cwd=here)
    openssl("genpkey", "-algorithm", "rsa", "-out", "foreign.key", cwd=here)
    openssl("pkey", "-in", "node.key", "-aes128", "-passout", "pass:x", "-out", "encrypted.key", cwd=here)
    openssl("req", "-new", "-key", "node.key", "-subj", "/CN=node", "-out", "node.csr", cwd=here)
    (here / "ext").write_text("subjectAltName=DNS:node,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    sign = ["x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7", "-sha256"]
    openssl(*sign, "-days", "90", "-extfile", "ext", "-out", "node.pem", cwd=here)
    openssl(*sign, "-days", "-1", "-extfile", "ext", "-out", "expired.pem", cwd=here)
    return here


@pytest.fixture
def prepared(node, authority):
    """The node with a good pair from elsewhere; put(path, material) replaces one file."""

    def put(name, material):
        node.file(f"etc/tls/{name}", (authority / material).read_text())

    node.put = put
    for name, material in (("node.pem", "node.pem"), ("node.key", "node.key"), ("ca.pem", "ca.pem"),
                           ("executor.pem", "node.pem"), ("executor.key", "node.key"), ("agent-ca.pem", "ca.pem")):
        put(name, material)
    return node


# -- pairs that are there -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("component", ["master", "agent"])
@pytest.mark.parametrize("mode", ["permissive", "required", "verified", "mutual"])
def test_a_good_pair_is_taken_and_the_steady_state_is_one_call(prepared, bring, component, mode):
    before = prepared.snapshot()
    foretold = bring(component, mode, check=True)
    assert foretold["changed"] and prepared.snapshot() == before and len(bring.calls) == 1
    done = bring(component, mode)
    assert done["changed"] and done["diff"] == foretold["diff"] and len(bring.calls) == 2
    again = bring(component, mode)
    assert not again["changed"] and len(bring.calls) == 1
    assert bring(component, "disabled")["changed"] and len(bring.calls) == 1


@pytest.mark.parametrize("name, material, mode, words", [
    ("node.pem", "expired.pem", "permissive", "etc/tls/node.pem: the certificate expired on"),
    ("node.key", "foreign.key", "permissive", "etc/tls/node.pem: the certificate is for another key"),
    ("node.key", "encrypted.key", "permissive", "etc/tls/node.key is encrypted, and Mesos has no option for a passphr"),
    ("node.key", "node.pem", "permissive", "etc/tls/node.key holds no private key that openssl can read"),
    ("node.pem", "node.key", "permissive", "etc/tls/node.pem: the certificate holds a key, not a certificate"),
    ("node.pem", "ext", "permissive", "etc/tls/node.pem: the certificate holds no PEM certificate"),
    ("ca.pem", "other.pem", "verified", "the certificate is signed by CN=authority, not by an authority that is trus"),
    ("ca.pem", "ext", "verified", "what it is verified with, .*etc/tls/ca.pem, holds no PEM certificate"),
    ("node.pem", "ca.pem", "required", "the certificate is an authority's, not a node's"),
])  # fmt: skip
def test_an_unfit_pair_is_refused(prepared, refused, name, material, mode, words):
    import re

    prepared.put(name, material)
    said = refused("master", mode)
    assert re.search(words, said), said
    assert "Renew it with the role mesos_pki, or set mesos_tls_mode lower" in said


def test_an_unfit_executors_pair_is_refused_on_agents_only(prepared, bring, refused):
    prepared.put("executor.pem", "expired.pem")
    assert "etc/tls/executor.pem: the certificate expired" in refused("agent", "permissive")
    assert bring("master", "permissive")["changed"]
    assert bring("agent", "permissive", executors=False)["changed"]


def test_an_expired_pair_is_refused_in_the_steady_state_too(prepared, bring, refused):
    bring("master", "required")
    prepared.put("node.pem", "expired.pem")
    refused("master", "required")
    assert bring("master", "disabled")["changed"]


def test_a_certificate_without_the_advertised_address_is_refused_where_names_count(prepared, bring, refused):
    flags = {"ip": "0.0.0.0", "advertise_ip": "10.0.0.22"}
    assert "not for the address 10.0.0.22, which this master advertises" in refused("master", "verified", flags=flags)
    assert bring("master", "required", flags=flags)["changed"]


# -- pairs that come with the settings ------------------------------------------------------------------------------


@pytest.fixture
def pki(tmp_path):
    from ansible_collections.mesos.security.plugins.action.mesos_ca import ActionModule as Ca

    path = str(tmp_path / "pki")
    for purpose in ("node", "executor"):
        task = Task({"path": path, "purpose": purpose, "key_size": 2048}, False)
        action = Ca(task, CONNECTION, None, DataLoader(), None, None)
        result = action.run(task_vars={"inventory_hostname": "host1"})
        assert result["changed"]
    return path


def test_keys_certificates_and_settings_come_in_one_task(node, bring, pki):
    pair = {"ca": pki, "names": ["host1.example"], "addresses": ["127.0.0.1"]}
    both = {"keypair": pair, "executor_keypair": pair, "process": "current"}
    before = node.snapshot()
    foretold = bring("agent", "mutual", check=True, **both)
    assert foretold["changed"] and node.snapshot() == before
    assert foretold["process"] == "started"

    done = bring("agent", "mutual", **both)
    assert done["changed"] and done["process"] == "started" and len(bring.calls) == 2
    assert done["certificates"]["node"]["names"] == ["host1.example"]
    assert {path.name: path.stat().st_mode & 0o777 for path in (node.root / "etc/tls").iterdir()} == {
        "node.key": 0o600, "node.pem": 0o644, "ca.pem": 0o644,
        "executor.key": 0o644, "executor.pem": 0o644, "agent-ca.pem": 0o644,
    }  # fmt: skip
    openssl("verify", "-CAfile", "ca.pem", "node.pem", cwd=node.root / "etc/tls")

    after = node.snapshot()
    again = bring("agent", "mutual", **both)
    assert not again["changed"] and len(bring.calls) == 1 and node.snapshot() == after
    assert again["running"] == done["running"] and not again["stale"]


def test_a_renewed_certificate_restarts_its_process_as_foretold(node, bring, pki):
    pair = {"ca": pki, "names": ["host1.example"], "addresses": ["127.0.0.1"]}
    bring("master", "required", keypair=pair, process="current")
    pair["addresses"] = ["127.0.0.1", "10.0.0.22"]
    foretold = bring("master", "required", keypair=pair, process="current", check=True)
    done = bring("master", "required", keypair=pair, process="current")
    assert foretold["process"] == done["process"] == "restarted"
    assert done["reasons"] == ["the certificate is not for the address 10.0.0.22"] and not done["stale"]


def test_a_conflict_keeps_the_key_from_being_made(node, refused, pki):
    node.file("etc/mesos-master.env", "LIBPROCESS_SSL_ENABLED=false\n")
    refused("master", "required", keypair={"ca": pki, "names": ["host1"]})
    assert not (node.root / "etc/tls").exists()


def test_a_foreign_key_travels_hidden_and_settings_follow_the_pairs_paths(node, bring, authority):
    pair = {
        "source_key": str(authority / "node.key"), "source_certificate": str(authority / "node.pem"),
        "source_ca_certificate": str(authority / "ca.pem"), "addresses": ["127.0.0.1"],
        "key": str(node.root / "own/m.key"), "certificate": str(node.root / "own/m.pem"),
    }  # fmt: skip
    done = bring("master", "verified", keypair=pair)
    assert done["changed"] and "PRIVATE KEY" not in json.dumps(done)
    assert "PRIVATE KEY" not in json.dumps([call["plan"] for call in bring.calls])
    assert f"LIBPROCESS_SSL_KEY_FILE={node.root}/own/m.key\n" in done["diff"][-1]["after"]
    assert (node.root / "own/m.key").read_bytes() == (authority / "node.key").read_bytes()
    assert not bring("master", "verified", keypair=pair)["changed"]


@pytest.mark.parametrize("pair, words", [
    ({"ca": "/nowhere", "names": ["*.example"]}, "has a wildcard"),
    ({"ca": "/nowhere", "names": ["a b"]}, "holds ' '"),
    ({"ca": "/nowhere", "addresses": ["10.0.0.300"]}, "is no IPv4 or IPv6 address"),
    ({"ca": "/nowhere"}, "neither a name nor an address is given"),
])  # fmt: skip
def test_an_unfit_request_is_refused(node, refused, pair, words):
    assert words in refused("master", "required", keypair=pair)


# -- what is asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more, words", [
    ({"tls": "on"}, "tls has no mode 'on'; its modes are disabled, prepared"),
    ({"tls": None}, "where tls should stand is not said; set mesos_security_level (0 or 1) or mesos_tls_mode"),
    ({"tls": None, "level": 9}, "there is no security level 9; levels are 0 to 6"),
    ({"tls": None, "level": 4}, "this release cannot bring about agent_authn required"),
    ({"features": ["ssl"]}, "'ssl' is no feature"),
    ({"modes": {"tls": "required", "acls": "x"}}, "'acls' is no feature"),
    ({"version": "newest"}, "'newest' is no Mesos version"),
    ({"version": "1.3.1"}, "Mesos 1.3.1 is not covered; versions 1.4 to 1.12 are"),
    ({"root": None}, "layout process needs a root"),
    ({"root": None, "keypair": {"names": ["a"]}}, "layout process needs a root"),
    ({"ciphers": "AES128 SHA"}, "is no list of ciphers"),
    ({"environment": {"LIBPROCESS_SSL_SUPPORT_DOWNGRADE": True}, "tls": "verified"}, "verifies nobody"),
    ({"environment": {"LIBPROCESS_SSL_ENABLE_DOWNGRADE": True}}, "the name is LIBPROCESS_SSL_SUPPORT_DOWNGRADE"),
    ({"environment": {"A": "1\n2"}}, "holds a line break"),
    ({"flags": {"credential": "{}"}}, "must be the path of a file"),
    ({"flags": {"authenticate": True, "authenticate_frameworks": True}}, "together they keep Mesos from starting"),
])  # fmt: skip
def test_what_cannot_be_asked_for_is_said_before_the_node_is_troubled(node, bring, refused, more, words):
    assert words in refused(**more)
    assert bring.calls == []


def test_a_level_is_a_mode(prepared, bring):
    assert bring(tls=None, level=1)["changed"]
    assert not bring("master", "required")["changed"]
    assert bring("master", "disabled", level=1)["changed"]


def test_a_pending_key_of_a_refused_request_is_gone_after_the_next_run(node, bring, pki):
    pair = {"ca": pki, "names": ["host1"]}
    os.rename(f"{pki}/ca.key", f"{pki}/away")
    assert bring("master", "required", keypair=pair)["failed"]
    os.rename(f"{pki}/away", f"{pki}/ca.key")
    assert bring("master", "required", keypair=pair)["changed"]
    assert not [path for path in (node.root / "etc/tls").iterdir() if path.name.startswith(".")]


def test_a_certificate_that_ends_soon_is_spoken_of(prepared, bring, authority):
    more = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "8", "-extfile", "ext", "-days", "20"]
    openssl("x509", "-req", "-in", "node.csr", *more, "-out", "short.pem", cwd=authority)
    prepared.put("node.pem", "short.pem")
    answer = bring("master", "required")
    assert answer["changed"] and len(answer["warnings"]) == 1
    assert "node.pem: the certificate expires on" in answer["warnings"][0]


def test_names_that_libprocess_drops_are_spoken_of(prepared, bring):
    prepared.file("etc/mesos-master.env", "# mine\nLIBPROCESS_SSL_PROTOCOLS=all\n")
    warnings = bring("master", "required")["warnings"]
    assert len(warnings) == 1 and "line 2: libprocess has no variable LIBPROCESS_SSL_PROTOCOLS" in warnings[0]


def test_masters_have_no_executors(node, bring, pki):
    pair = {"ca": pki, "names": ["host1"]}
    bring("master", "required", keypair=pair, executor_keypair=pair)
    assert not (node.root / "etc/tls/executor.key").exists()


def test_settings_that_find_no_room_leave_the_old_certificate(node, bring, pki, monkeypatch):
    from ansible_collections.mesos.security.plugins.module_utils import _files

    pair = {"ca": pki, "names": ["host1"]}
    bring("master", "prepared", keypair=pair)
    before = node.snapshot()

    def full(self, path, *_rest, **_more):
        self.drop()
        raise _files.FileProblem(f"{path} cannot be written: the disk is full")

    monkeypatch.setattr(_files.Batch, "write", full)
    answer = bring("master", "required", keypair=pair | {"names": ["other"]})
    assert "mesos-master.env cannot be written: the disk is full\nNothing was changed." in answer["msg"]
    after = node.snapshot()
    assert all(after[path] == state for path, state in before.items() if path.endswith((".pem", ".key")))
