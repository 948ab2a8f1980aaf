# A build backend for tests. plan.json beside pyproject.toml says what it does;
# each hook that is called adds a line to the file that BUILD_LOG names, if any.
import json
import os
import sys

with open("plan.json", encoding="utf-8") as f:
    plan = json.load(f)


def called(hook, config_settings):
    with open(os.environ.get("BUILD_LOG", os.devnull), "a") as f:
        f.write("%s %d.%d %s\n" % (hook, sys.version_info[0], sys.version_info[1], json.dumps(config_settings or {}, sort_keys=True)))
    for line in range(plan.get("noise", 0)):
        print("noise %d on standard output" % line, flush=True)
        print("noise %d on standard error" % line, file=sys.stderr, flush=True)
    if plan.get("hang") == hook:
        import subprocess
        import time

        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(600)
    if plan.get("fail") == hook:
        raise RuntimeError("a deliberate failure")
    if plan.get("exit") == hook:
        sys.exit(0)
    if plan.get("die") == hook:
        os._exit(plan.get("status", 3))


def metadata():
    lines = ["Metadata-Version: 2.1", "Name: " + plan["name"], "Version: " + plan["version"]]
    lines += ["Requires-Dist: " + r for r in plan.get("requires", [])]
    return "\n".join(lines + plan.get("more", [])) + "\n"


def info():
    return "%s-%s.dist-info" % (plan["name"], plan["version"])


if plan.get("get_requires", True):

    def get_requires_for_build_wheel(config_settings=None):
        called("get_requires_for_build_wheel", config_settings)
        return plan.get("build_requires", [])


if plan.get("prepare", True):

    def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
        called("prepare_metadata_for_build_wheel", config_settings)
        os.mkdir(os.path.join(metadata_directory, info()))
        with open(os.path.join(metadata_directory, info(), "METADATA"), "w") as f:
            f.write(metadata())
        return info()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    called("build_wheel", config_settings)
    import base64
    import hashlib
    import platform
    import time
    import zipfile

    if "wheel_requires" in plan:
        plan["requires"] = plan["wheel_requires"]
    tag = plan.get("tag", "py3-none-any").replace("cpXY", "cp%d%d" % sys.version_info[:2]).replace("ARCH", platform.machine())
    files = {plan["name"] + "/__init__.py": b"BUILT_BY = %d\n" % sys.version_info[1]}
    for name, text in plan.get("files", {}).items():
        files[name] = text.encode()
    for name, path in plan.get("copies", {}).items():
        with open(path, "rb") as f:
            files[name] = f.read()
    files[info() + "/METADATA"] = metadata().encode()
    tags = "".join("Tag: %s\n" % t for t in plan.get("wheel_tags", [tag]))
    files[info() + "/WHEEL"] = ("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n" + tags).encode()
    record = ""
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (name, digest, len(data))
    files[info() + "/RECORD"] = (record + info() + "/RECORD,,\n").encode()
    for name, text in plan.get("tampered", {}).items():
        files[name] = text.encode()
    wheel = plan.get("wheel", "%s-%s-%s.whl" % (plan["name"], plan["version"], tag))
    when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(os.path.join(wheel_directory, os.path.basename(wheel)), "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, when), data)
    return wheel
