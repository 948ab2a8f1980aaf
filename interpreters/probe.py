# What axle asks of an interpreter: what are you, and which wheels can you use?
#
# It is read from standard input by CPython 2.7 and 3.4 or later, PyPy and
# GraalPy, started without site-packages. The answer is one JSON object between
# two marks that are written nowhere in this text, so that neither a program
# that echoes its input nor noise from elsewhere is taken for an answer.
#
# This is the second part; the first, probe_tags.py, stands before it. The marker
# environment is that of default_environment() of pypa/packaging 26.3, for
# Python 2 that of 20.9.
import sys


def leave_caller_folder():
    """A json.py in the caller's folder is not the standard library's."""
    try:
        from posix import getcwd
    except ImportError:
        try:
            from nt import getcwd
        except ImportError:
            return
    try:
        here = getcwd()
    except OSError:
        here = ''
    if sys.path and sys.path[0] in ('', '.', here):
        del sys.path[0]


if __name__ == '__main__':
    leave_caller_folder()

import os

NONCE = globals().get('NONCE', '')
VERSION = sys.version_info[:2]
SUPPORTED = VERSION >= (3, 4) or VERSION == (2, 7)


def environment_file():
    """The path of the pyvenv.cfg that makes this a virtual environment."""
    if VERSION >= (3, 3) and sys.executable:
        folder = os.path.dirname(os.path.abspath(sys.executable))
        for root in (folder, os.path.dirname(folder)):
            path = os.path.join(root, 'pyvenv.cfg')
            if os.path.isfile(path):
                return path


def enter_environment():
    """Before 3.14 it is the site module, which is not loaded, that does this."""
    if environment_file() and sys.prefix == sys.base_prefix:
        sys.prefix = sys.exec_prefix = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))


if __name__ == '__main__':
    enter_environment()

import platform
import re
import struct
import subprocess

if SUPPORTED:
    import json
    import sysconfig

IS_32BIT = struct.calcsize('P') == 4


# --- what else is told ------------------------------------------------------------

def implementation_version():
    if not hasattr(sys, 'implementation'):
        return '0'
    info = sys.implementation.version
    text = '%d.%d.%d' % (info.major, info.minor, info.micro)
    return text if info.releaselevel == 'final' else text + info.releaselevel[0] + str(info.serial)


def markers():
    return {
        'implementation_name': sys.implementation.name if hasattr(sys, 'implementation') else '',
        'implementation_version': implementation_version(),
        'os_name': os.name,
        'platform_machine': platform.machine(),
        'platform_release': platform.release(),
        'platform_system': platform.system(),
        'platform_version': platform.version(),
        'python_full_version': platform.python_version(),
        'platform_python_implementation': platform.python_implementation(),
        'python_version': '.'.join(platform.python_version_tuple()[:2]),
        'sys_platform': sys.platform,
    }


def base(name):
    # "real_prefix" is what virtualenv set before version 20.
    return getattr(sys, 'base_' + name, None) or getattr(sys, 'real_prefix', None) or getattr(sys, name)


def libc():
    if not sys.platform.startswith('linux'):
        return None
    glibc = glibc_version()
    if glibc > (0, 0):
        return {'family': 'glibc', 'major': glibc[0], 'minor': glibc[1]}
    musl = musl_version()
    if musl:
        return {'family': 'musl', 'major': musl[0], 'minor': musl[1]}
    return None


def loaded_libraries():
    """The libraries of this process that another release of it would change."""
    wanted = re.compile(r'/(libpython|libpypy|libgraal|libc[.-]|ld-|ld64\.|libc\.musl)[^/]*$')
    try:
        with open('/proc/self/maps', 'rb') as f:
            lines = f.read().decode('utf-8', 'replace').splitlines()
    except EnvironmentError:
        lines = []
    for line in lines:
        path = line.split(None, 5)[-1]
        if path.startswith('/') and wanted.search(path):
            yield path
    header = elf(sys.executable) if sys.platform.startswith('linux') else None
    if header and header[4]:
        yield os.path.realpath(header[4])
    if os.name == 'nt':
        yield os.path.join(base('prefix'), 'python%d%d.dll' % VERSION)
    if sys.platform == 'darwin':
        yield os.path.join(config('LIBDIR') or '/', config('LDLIBRARY') or 'none')


def files():
    found = [os.path.realpath(sys.executable) if sys.executable else None, environment_file(), os.__file__]
    for name, module in list(sys.modules.items()):
        if name.startswith('_sysconfigdata') or name == '_manylinux':
            found.append(getattr(module, '__file__', None))
    found.extend(loaded_libraries())
    kept = set(path for path in found if path and os.path.isfile(path))
    return sorted(os.path.abspath(path) for path in kept)


def text(value):
    """A string that JSON can carry, whatever bytes a path is made of."""
    if value is None:
        return ''
    if isinstance(value, bytes):
        return value.decode('utf-8' if os.name == 'posix' else sys.getfilesystemencoding(), 'replace')
    if VERSION >= (3, 0):
        return os.fsencode(value).decode('utf-8', 'replace')
    return value


def answer():
    return {
        'version': 1,
        'executable': text(sys.executable),
        'python': platform.python_version(),
        'implementation': implementation().lower(),
        'implementation_version': implementation_version(),
        'platforms': platforms(),
        'tags': sys_tags(),
        'markers': dict((k, text(v)) for k, v in markers().items()),
        'libc': libc(),
        'bits': 8 * struct.calcsize('P'),
        'freethreaded': is_freethreaded(),
        'debug': is_debug(),
        'prefix': text(sys.prefix),
        'base_prefix': text(base('prefix')),
        'exec_prefix': text(sys.exec_prefix),
        'base_exec_prefix': text(base('exec_prefix')),
        'cache_tag': getattr(getattr(sys, 'implementation', None), 'cache_tag', None) or '',
        'ext_suffix': config('EXT_SUFFIX') or config('SO') or '',
        'soabi': config('SOABI') or '',
        'files': [text(path) for path in files()],
    }


def say(what):
    said = ('\n' + '<' * 3 + 'axle ' + NONCE + what + NONCE + ' axle' + '>' * 3 + '\n').encode('ascii')
    sys.stdout.flush()
    while said:
        said = said[os.write(1, said):]


if __name__ == '__main__':
    if SUPPORTED:
        say(json.dumps(answer(), sort_keys=True))
    else:
        say('{"too_old": "%d.%d.%d"}' % sys.version_info[:3])
