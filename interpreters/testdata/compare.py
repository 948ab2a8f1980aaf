# Compares probe_tags.py with pypa/packaging 26.3 on systems that are not at hand:
# both are told the same about the platform and the implementation, and have to
# give the same tags. Arguments: the folder of the two parts of the script, and
# the folder that packaging is in.
# Prints one JSON object: how many scenarios ran, and those that differ.
import collections
import contextlib
import itertools
import json
import os
import platform
import struct
import subprocess
import sys
import sysconfig
import tempfile
import types
from unittest import mock

PROBE, PACKAGING = sys.argv[1:3]
sys.path.insert(0, PACKAGING)
from packaging import _manylinux, _musllinux, tags

probe = types.ModuleType('probe')
for part in ('probe_tags.py', 'probe.py'):
    with open(os.path.join(PROBE, part)) as f:
        exec(compile(f.read(), part, 'exec'), probe.__dict__)

WORK = tempfile.mkdtemp()


def write(name, data, mode=0o755):
    path = os.path.join(WORK, name)
    with open(path, 'wb') as f:
        f.write(data)
    os.chmod(path, mode)
    return path


def elf(name, bits, machine, flags=0, loader=None, order='<'):
    """A file with the headers of an ELF executable and nothing else."""
    ident = b'\x7fELF' + bytes([bits // 32, 1 if order == '<' else 2, 1]) + bytes(9)
    header, program = ('HHIIIIIHHH', 'IIIIIIII') if bits == 32 else ('HHIQQQIHHH', 'IIQQQQQQ')
    start = 16 + struct.calcsize(order + header)
    size = struct.calcsize(order + program)
    text = (loader or '').encode() + b'\0'
    head = struct.pack(order + header, 2, machine, 1, 0, start, 0, flags, start, size, 2)
    other = struct.pack(order + program, *([1] * 8))
    at = start + 2 * size
    interp = [3, at, 0, 0, len(text), 0, 0, 0] if bits == 32 else [3, 4, at, 0, 0, len(text), 0, 0]
    if loader is None:
        interp[0] = 1
    return write(name, ident + head + other + struct.pack(order + program, *interp) + text)


def script(name, *lines):
    return write(name, ('\n'.join(('#!/bin/sh',) + lines) + '\n').encode())


def musl(name, version):
    return script(name, 'echo "musl libc (x86_64)" >&2', 'echo "Version %s" >&2' % version, 'echo "Dynamic Program Loader" >&2', 'exit 1')


X64 = elf('x64', 64, 62, loader='/lib64/ld-linux-x86-64.so.2')
I386 = elf('i386', 32, 3, loader='/lib/ld-linux.so.2')
ARMHF = elf('armhf', 32, 40, 0x05000400)
ARMEL = elf('armel', 32, 40, 0x05000200)
MUSL12 = elf('musl12', 64, 62, loader=musl('ld-musl-x86_64.so.1', '1.2.4'))
MUSL11 = elf('musl11', 64, 183, loader=musl('ld-musl-aarch64.so.1', '1.1.19'))
MUSLBAD = elf('muslbad', 64, 62, loader=script('ld-musl-bad.so.1', 'echo nothing to say >&2'))
MUSLNOT = elf('muslnot', 64, 62, loader=script('ld-musl-not.so.1', 'echo other libc >&2', 'echo Version 1.2.3 >&2'))
MUSLBIG = elf('muslbig', 64, 22, loader=musl('ld-musl-s390x.so.1', '1.2.5'), order='>')
TEXT = script('python', 'exec true')

Scenario = collections.namedtuple('Scenario', 'name system platform executable confstr mac bits more')


def linux(name, plat, executable=X64, confstr='glibc 2.36', bits=64, **more):
    return Scenario(name, 'Linux', plat, executable, confstr, None, bits, more)


def mac(version, arch, bits=64, **more):
    return Scenario('macOS %s %s %d' % (version, arch, bits), 'Darwin', 'macosx-11.0-universal2', TEXT, None, (version, ('', '', ''), arch), bits, more)


def other(name, system, plat, **more):
    return Scenario(name, system, plat, TEXT, None, None, 64, more)


PLATFORMS = [
    linux('x86_64', 'linux-x86_64'),
    linux('old glibc', 'linux-x86_64', confstr='glibc 2.5'),
    linux('too old glibc', 'linux-x86_64', confstr='glibc 2.4'),
    linux('odd glibc', 'linux-x86_64', confstr='glibc 2.20-2014.11'),
    linux('senseless glibc', 'linux-x86_64', confstr='glibc two'),
    linux('words', 'linux-x86_64', confstr='GNU glibc 2.31'),
    linux('glibc 3', 'linux-aarch64', confstr='glibc 3.1'),
    linux('static', 'linux-x86_64', confstr=None),
    linux('aarch64', 'linux-aarch64', confstr='glibc 2.17'),
    linux('aarch64 older', 'linux-aarch64', confstr='glibc 2.16'),
    linux('ppc64le', 'linux-ppc64le'),
    linux('s390x', 'linux-s390x'),
    linux('riscv64', 'linux-riscv64'),
    linux('loongarch64', 'linux-loongarch64'),
    linux('mips64', 'linux-mips64'),
    linux('i686 on x86_64', 'linux-x86_64', I386, bits=32),
    linux('i686', 'linux-i686', I386, bits=32),
    linux('i686, executable of x86_64', 'linux-i686', X64, bits=32),
    linux('i686, no executable', 'linux-i686', '', bits=32),
    linux('armv7l hard', 'linux-armv7l', ARMHF, bits=32),
    linux('armv7l soft', 'linux-armv7l', ARMEL, bits=32),
    linux('armv7l on aarch64', 'linux-aarch64', ARMHF, bits=32),
    linux('armv8l', 'linux-armv8l', ARMHF, bits=32),
    linux('armv6l', 'linux-armv6l', ARMHF, bits=32),
    linux('musl 1.2', 'linux-x86_64', MUSL12, confstr=None),
    linux('musl 1.1', 'linux-aarch64', MUSL11, confstr=None),
    linux('musl that says nothing', 'linux-x86_64', MUSLBAD, confstr=None),
    linux('no musl behind its name', 'linux-x86_64', MUSLNOT, confstr=None),
    linux('musl, big endian', 'linux-s390x', MUSLBIG, confstr=None),
    linux('executable is a script', 'linux-x86_64', TEXT),
    linux('executable is gone', 'linux-x86_64', '/nowhere/python'),
    linux('not linux', 'cygwin-3.4-x86_64'),
    linux('override function', 'linux-x86_64', module={'manylinux_compatible': lambda major, minor, arch: minor < 20}),
    linux('override function of no opinion', 'linux-x86_64', module={'manylinux_compatible': lambda major, minor, arch: None}),
    linux('override manylinux1', 'linux-x86_64', module={'manylinux1_compatible': False}),
    linux('override manylinux2010', 'linux-x86_64', module={'manylinux2010_compatible': 0, 'manylinux1_compatible': True}),
    linux('override manylinux2014', 'linux-x86_64', module={'manylinux2014_compatible': False}),
    mac('10.9', 'x86_64'), mac('10.15', 'x86_64'), mac('10.3', 'x86_64'), mac('10.6', 'x86_64', bits=32),
    mac('10.4', 'ppc', bits=32), mac('10.5', 'Power Macintosh', bits=32), mac('10.5', 'ppc64'), mac('10.6', 'ppc64'), mac('10.7', 'ppc'),
    mac('11.0', 'arm64'), mac('11.6', 'x86_64'), mac('12.3', 'arm64'), mac('14.5', 'arm64'), mac('15.1.1', 'x86_64'), mac('26.0', 'arm64'), mac('11', 'arm64'),
    mac('10.16', 'x86_64', executable=script('python-14', 'test "$SYSTEM_VERSION_COMPAT" = 0 && echo 14.2')),
    other('Windows', 'Windows', 'win-amd64'), other('Windows 32', 'Windows', 'win32'), other('Windows on Arm', 'Windows', 'win-arm64'),
    other('MinGW', 'Windows', 'mingw_x86_64_ucrt'), other('FreeBSD', 'FreeBSD', 'freebsd-14.0-RELEASE-amd64'),
    other('Solaris', 'SunOS', 'solaris-2.11-sun4v.64bit'), other('AIX', 'AIX', 'aix-7307-2318-64'),
    other('Emscripten', 'Emscripten', 'emscripten-4.0.9-wasm32'),
    other('Emscripten of a year', 'Emscripten', 'emscripten-4.0.9-wasm32', config={'PYEMSCRIPTEN_PLATFORM_VERSION': '2026_0'}),
    other('iOS', 'iOS', 'ios-13.0-arm64-iphoneos', ios='17.4', multiarch='arm64-iphoneos'),
    other('iOS simulator', 'iOS', 'ios-13.0-arm64-iphonesimulator', ios='12.2', multiarch='x86_64-iphonesimulator'),
    other('iOS, old', 'iOS', 'ios-13.0-arm64-iphoneos', ios='11.4', multiarch='arm64-iphoneos'),
    other('Android', 'Android', 'android-24-arm64_v8a', android=30), other('Android, old', 'Android', 'android-16-x86', android=16),
]


def implementation(name, version, suffix=None, suffixes=('.so',), **config):
    config.setdefault('py_version_nodot', '%d%d' % version)
    config['EXT_SUFFIX'] = suffix
    return name, version, suffixes, config


IMPLEMENTATIONS = [
    implementation('cpython', (3, 12)),
    implementation('cpython', (3, 4), WITH_PYMALLOC=1),
    implementation('cpython', (3, 7), WITH_PYMALLOC=0),
    implementation('cpython', (3, 6), Py_DEBUG=1),
    implementation('cpython', (3, 7), Py_DEBUG=0),
    implementation('cpython', (3, 8), Py_DEBUG=1, Py_GIL_DISABLED=1),
    implementation('cpython', (3, 13), Py_GIL_DISABLED=1, Py_DEBUG=0),
    implementation('cpython', (3, 13), Py_GIL_DISABLED=1, Py_DEBUG=1),
    implementation('cpython', (3, 13), Py_GIL_DISABLED=0, Py_DEBUG=1),
    implementation('cpython', (3, 15), Py_GIL_DISABLED=1),
    implementation('cpython', (3, 15), suffixes=('_d.pyd', '.pyd')),
    implementation('cpython', (3, 14), py_version_nodot=None),
    implementation('pypy', (3, 10), '.pypy310-pp73-x86_64-linux-gnu.so'),
    implementation('pypy', (3, 11), '.pypy311-pp73-win_amd64.pyd'),
    implementation('graalpy', (3, 11), '.graalpy250-311-native-x86_64-linux.so'),
    implementation('graalpy', (3, 8), '.graalpy-38-native-x86_64-darwin.dylib'),
    implementation('pyston', (3, 8), '.pyston-23-x86_64-linux-gnu.so'),
    implementation('ironpython', (3, 4), '.pyd'),
    implementation('other', (3, 10), '.cpython-310-darwin.so'),
    implementation('other', (3, 10), '.cp310-win_amd64.pyd'),
    implementation('other', (3, 10), '..so'),
    implementation('other', (3, 10), '.cpython.so'),
    implementation('Other.Name', (3, 10), None),
]


@contextlib.contextmanager
def machine(scenario, kind):
    name, version, suffixes, config = kind
    more = scenario.more
    config = dict(config, **more.get('config', {}))
    info = types.SimpleNamespace(**dict(vars(sys.implementation), name=name, _multiarch=more.get('multiarch', '')))
    is_32bit = scenario.bits == 32

    def confstr(key):
        if scenario.confstr is None:
            raise ValueError(key)
        return scenario.confstr

    patches = [
        mock.patch.object(sys, 'version_info', version + (0, 'final', 0)),
        mock.patch.object(sys, 'implementation', info),
        mock.patch.object(sys, 'executable', more.get('executable', scenario.executable)),
        mock.patch.object(os, 'confstr', confstr),
        mock.patch.object(platform, 'system', lambda: scenario.system),
        mock.patch.object(platform, 'mac_ver', lambda: scenario.mac),
        mock.patch.object(platform, 'ios_ver', lambda: ('iOS', more['ios'], '', False), create=True),
        mock.patch.object(platform, 'android_ver', lambda: types.SimpleNamespace(api_level=more['android']), create=True),
        mock.patch.object(sysconfig, 'get_platform', lambda: scenario.platform),
        mock.patch.object(sysconfig, 'get_config_var', config.get),
        mock.patch.object(tags, 'EXTENSION_SUFFIXES', list(suffixes)),
        mock.patch.object(tags._linux_platforms, '__defaults__', (is_32bit,)),
        mock.patch.object(tags._mac_arch, '__defaults__', (is_32bit,)),
        mock.patch.object(_manylinux, '_glibc_version_string_ctypes', lambda: None),
        mock.patch.dict(sys.modules, {'ctypes': None}),
        mock.patch.multiple(probe, VERSION=version, IS_32BIT=is_32bit, extension_suffixes=lambda: list(suffixes)),
        mock.patch.dict(sys.modules),
    ]
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        sys.modules.pop('_manylinux', None)
        if 'module' in more:
            sys.modules['_manylinux'] = types.SimpleNamespace(**more['module'])
        for cached in (_manylinux._get_glibc_version, _manylinux._get_manylinux_module, _musllinux._get_musl_version):
            cached.cache_clear()
        yield


def attempt(make):
    """The tags, or that none could be told: what is raised then may differ."""
    try:
        return make()
    except Exception:
        return ['no tags']


def expand():
    platforms = probe.platforms()
    out = []
    for tag in probe.sys_tags():
        out.extend([tag[:-1] + p for p in platforms] if tag.endswith('*') else [tag])
    return out


ran, different = 0, []
with mock.patch('warnings.warn'):
    for scenario, kind in itertools.product(PLATFORMS, IMPLEMENTATIONS):
        with machine(scenario, kind):
            want = attempt(lambda: [str(t) for t in tags.sys_tags()])
            got = attempt(expand)
        ran += 1
        if got != want:
            at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
            different.append('%s, %s %s: at %d of %d/%d: got %s, want %s' % (
                scenario.name, kind[0], kind[1:], at, len(got), len(want), got[at:at + 2], want[at:at + 2]))

subprocess.call(['rm', '-r', WORK])
json.dump({'ran': ran, 'different': different}, sys.stdout)
