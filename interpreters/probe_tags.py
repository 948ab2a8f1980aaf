# The compatibility tags that an interpreter accepts: those of sys_tags() of
# pypa/packaging 26.3, told as the older Pythons, which that release does not
# run on, need it; for Python 2 as packaging 20.9 tells them.
#
# This is the first part of what an interpreter is asked. It only defines: what
# it uses is imported by the second part, probe.py, which must first see to it
# that the standard library is what is imported.


# --- the implementation ------------------------------------------------------

def config(name):
    return sysconfig.get_config_var(name)


def normalize(text):
    return text.replace('.', '_').replace('-', '_').replace(' ', '_')


def implementation():
    if hasattr(sys, 'implementation'):
        return sys.implementation.name
    return platform.python_implementation().lower()


def short_name():
    name = implementation()
    known = {'python': 'py', 'cpython': 'cp', 'pypy': 'pp', 'ironpython': 'ip', 'jython': 'jy'}
    return known.get(name) or name


def interpreter_version():
    version = config('py_version_nodot')
    return str(version) if version else '%d%d' % VERSION


def extension_suffixes():
    if VERSION >= (3, 3):
        from importlib.machinery import EXTENSION_SUFFIXES
        return EXTENSION_SUFFIXES
    import imp
    return [s[0] for s in imp.get_suffixes() if s[2] == imp.C_EXTENSION]


def is_debug():
    flag = config('Py_DEBUG')
    if flag is None:  # Windows does not set it
        return hasattr(sys, 'gettotalrefcount') or '_d.pyd' in extension_suffixes()
    return bool(flag)


def is_freethreaded():
    return VERSION >= (3, 13) and bool(config('Py_GIL_DISABLED'))


def cpython_abis():
    debug = 'd' if is_debug() else ''
    threading = 't' if is_freethreaded() else ''
    pymalloc = ucs4 = ''
    abis = []
    if VERSION < (3, 8):
        with_pymalloc = config('WITH_PYMALLOC')
        if with_pymalloc or with_pymalloc is None:
            pymalloc = 'm'
        if VERSION < (3, 3):
            size = config('Py_UNICODE_SIZE')
            if size == 4 or (size is None and sys.maxunicode == 0x10FFFF):
                ucs4 = 'u'
    elif debug:
        abis.append('cp%d%d%s' % (VERSION + (threading,)))
    abis.insert(0, 'cp%d%d' % VERSION + threading + debug + pymalloc + ucs4)
    return abis


def generic_abis():
    if VERSION < (3, 0):
        abi = config('SOABI')
        return [normalize(abi)] if abi else []
    suffix = config('EXT_SUFFIX')
    if not isinstance(suffix, str) or not suffix.startswith('.'):
        raise SystemError('EXT_SUFFIX is %r' % (suffix,))
    parts = suffix.split('.')
    if len(parts) < 3:
        return cpython_abis()
    soabi = parts[1]
    words = soabi.split('-')
    if soabi.startswith('cpython'):
        if len(words) < 2 or not words[1]:
            raise SystemError('EXT_SUFFIX is %r' % (suffix,))
        abi = 'cp' + words[1]
    elif soabi.startswith('cp'):
        abi = words[0]
    elif soabi.startswith('pypy'):
        abi = '-'.join(words[:2])
    elif soabi.startswith('graalpy'):
        abi = '-'.join(words[:3])
    elif soabi:
        abi = soabi
    else:
        return []
    return [normalize(abi)]


# --- tags: a member that ends in '*' stands for one with each platform --------

def cpython_tags():
    major, minor = VERSION
    interpreter = 'cp%d%d' % VERSION
    abis = cpython_abis()
    threading = re.match(r'cp\d+.*t', abis[0]) is not None
    out = ['%s-%s-*' % (interpreter, abi) for abi in abis]
    stable = 'abi3t' if threading else 'abi3'
    if VERSION >= (3, 2):
        out.append('%s-%s-*' % (interpreter, stable))
    out.append('%s-none-*' % interpreter)
    if VERSION >= (3, 2):
        out.extend('cp%d%d-%s-*' % (major, m, stable) for m in range(minor - 1, 1, -1))
    return out


def generic_tags():
    interpreter = short_name() + interpreter_version()
    abis = generic_abis()
    if 'none' not in abis:
        abis.append('none')
    return ['%s-%s-*' % (interpreter, abi) for abi in abis]


def compatible_tags(interpreter):
    major, minor = VERSION
    pythons = ['py%d%d' % VERSION, 'py%d' % major]
    pythons.extend('py%d%d' % (major, m) for m in range(minor - 1, -1, -1))
    out = ['%s-none-*' % python for python in pythons]
    if interpreter:
        out.append('%s-none-any' % interpreter)
    out.extend('%s-none-any' % python for python in pythons)
    return out


def sys_tags():
    short = short_name()
    if short == 'cp':
        out = cpython_tags() + compatible_tags('cp' + interpreter_version())
    else:
        out = generic_tags() + compatible_tags('pp3' if short == 'pp' and VERSION >= (3, 0) else None)
    return [tag.lower() for tag in out]


# --- the platform --------------------------------------------------------------

def elf(path):
    """Class, encoding, machine, flags and loader of an ELF file, or None."""
    formats = {
        (1, 1): ('<HHIIIIIHHH', '<IIIIIIII', (0, 1, 4)),
        (1, 2): ('>HHIIIIIHHH', '>IIIIIIII', (0, 1, 4)),
        (2, 1): ('<HHIQQQIHHH', '<IIQQQQQQ', (0, 2, 5)),
        (2, 2): ('>HHIQQQIHHH', '>IIQQQQQQ', (0, 2, 5)),
    }
    try:
        with open(path, 'rb') as f:
            ident = bytearray(f.read(16))
            if ident[:4] != b'\x7fELF':
                return None
            header, program, at = formats[(ident[4], ident[5])]
            fields = struct.unpack(header, f.read(struct.calcsize(header)))
            machine, start, flags, size, count = fields[1], fields[4], fields[6], fields[8], fields[9]
            loader = None
            for index in range(count):
                f.seek(start + size * index)
                raw = f.read(struct.calcsize(program))
                if len(raw) < struct.calcsize(program):
                    continue
                entry = struct.unpack(program, raw)
                if entry[at[0]] == 3:  # PT_INTERP
                    f.seek(entry[at[1]])
                    loader = f.read(entry[at[2]]).decode('utf-8', 'replace').strip('\0')
                    break
            return ident[4], ident[5], machine, flags, loader
    except (EnvironmentError, TypeError, ValueError, KeyError, IndexError, OverflowError, struct.error):
        return None


def manylinux_abi(archs):
    if 'armv7l' in archs or 'i686' in archs:
        header = elf(sys.executable)
        if header is None or header[:2] != (1, 1):
            return False
        if 'armv7l' in archs:
            # EABI 5 with hardware floating point
            return header[2] == 40 and header[3] & 0xFF000000 == 0x05000000 and header[3] & 0x400 == 0x400
        return header[2] == 3
    return bool(set(archs) & set(['x86_64', 'aarch64', 'ppc64', 'ppc64le', 's390x', 'loongarch64', 'riscv64']))


def glibc_text():
    try:
        _, version = os.confstr('CS_GNU_LIBC_VERSION').rsplit()
        return version
    except (AttributeError, EnvironmentError, ValueError):
        pass
    try:
        import ctypes
        ask = ctypes.CDLL(None).gnu_get_libc_version
    except (ImportError, EnvironmentError, AttributeError, TypeError):
        return None
    ask.restype = ctypes.c_char_p
    version = ask()
    return version if isinstance(version, str) else version.decode('ascii')


def glibc_version():
    match = re.match(r'([0-9]+)\.([0-9]+)', glibc_text() or '')
    return (int(match.group(1)), int(match.group(2))) if match else (-1, -1)


def site_folders():
    """Where this interpreter's own packages lie; they are not on sys.path."""
    roots = [sys.prefix, sys.exec_prefix]
    path = environment_file()
    if path:
        with open(path, 'rb') as f:
            settings = f.read().decode('utf-8', 'replace')
        if re.search(r'(?im)^\s*include-system-site-packages\s*=\s*true\s*$', settings):
            roots += [base('prefix'), base('exec_prefix')]
    if VERSION >= (3, 4):
        try:
            import site  # does nothing by itself on these versions
            return site.getsitepackages(roots)
        except (ImportError, AttributeError):
            pass
    names = [sysconfig.get_path(kind) for kind in ('purelib', 'platlib')]
    for root in ('/usr/local', '/usr'):  # Debian's own names
        names.append('%s/lib/python%d.%d/dist-packages' % ((root,) + VERSION))
    return [name for name in names if name]


def manylinux_module():
    """The machine owner's word on manylinux (PEP 513), where there is one."""
    before = sys.path[:]
    sys.path.extend(f for f in site_folders() if f not in before)
    try:
        return __import__('_manylinux')
    except ImportError:
        return None
    finally:
        sys.path[:] = before


def manylinux_platforms(archs):
    if not manylinux_abi(archs):
        return
    legacy = {(2, 17): 'manylinux2014', (2, 12): 'manylinux2010', (2, 5): 'manylinux1'}
    glibc = glibc_version()
    module = manylinux_module()

    def allowed(arch, version):
        if glibc < version:
            return False
        if hasattr(module, 'manylinux_compatible'):
            answer = module.manylinux_compatible(version[0], version[1], arch)
            return True if answer is None else bool(answer)
        if version in legacy:
            return bool(getattr(module, legacy[version] + '_compatible', True))
        return True

    oldest = (2, 4) if set(archs) & set(['x86_64', 'i686']) else (2, 16)
    newest = [glibc] + [(major, 50) for major in range(glibc[0] - 1, 1, -1)]
    for arch in archs:
        for top in newest:
            floor = oldest[1] if top[0] == oldest[0] else -1
            for minor in range(top[1], floor, -1):
                version = (top[0], minor)
                if allowed(arch, version):
                    yield 'manylinux_%d_%d_%s' % (version + (arch,))
                    if version in legacy:
                        yield '%s_%s' % (legacy[version], arch)


def musl_version():
    """The version that the musl loader of this executable tells when run."""
    header = elf(sys.executable)
    if header is None or not header[4] or 'musl' not in header[4]:
        return None
    loader = subprocess.Popen([header[4]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = loader.communicate()[1].decode('utf-8', 'replace')
    lines = [line for line in (line.strip() for line in said.splitlines()) if line]
    if len(lines) < 2 or lines[0][:4] != 'musl':
        return None
    match = re.match(r'Version (\d+)\.(\d+)', lines[1])
    return (int(match.group(1)), int(match.group(2))) if match else None


def musllinux_platforms(archs):
    musl = musl_version()
    if musl is not None:
        for arch in archs:
            for minor in range(musl[1], -1, -1):
                yield 'musllinux_%d_%d_%s' % (musl[0], minor, arch)


def linux_platforms():
    linux = normalize(sysconfig.get_platform())
    if not linux.startswith('linux_'):
        return [linux]
    if IS_32BIT:
        linux = {'linux_x86_64': 'linux_i686', 'linux_aarch64': 'linux_armv8l'}.get(linux, linux)
    arch = linux.split('_', 1)[1]
    archs = ['armv8l', 'armv7l'] if arch == 'armv8l' else [arch]
    out = ['linux_' + a for a in archs]
    out.extend(manylinux_platforms(archs))
    out.extend(musllinux_platforms(archs))
    return out


def mac_version():
    version = tuple(int(part) for part in platform.mac_ver()[0].split('.')[:2])
    if version == (10, 16):
        # An interpreter built with an old SDK is told 10.16 on every later
        # macOS, unless it is asked otherwise.
        child = subprocess.Popen(
            [sys.executable, '-sS', '-c', 'import platform; print(platform.mac_ver()[0])'],
            env={'SYSTEM_VERSION_COMPAT': '0'}, stdout=subprocess.PIPE)
        text = child.communicate()[0].decode('ascii')
        version = tuple(int(part) for part in text.split('.')[:2])
    return version


def mac_formats(version, arch):
    formats = [arch]
    if arch == 'x86_64':
        if version < (10, 4):
            return []
        formats += ['intel', 'fat64', 'fat3']
    elif arch == 'i386':
        if version < (10, 4):
            return []
        formats += ['intel', 'fat3', 'fat']
    elif arch == 'ppc64':
        if version > (10, 5) or version < (10, 4):
            return []
        formats.append('fat64')
    elif arch == 'ppc':
        if version > (10, 6):
            return []
        formats += ['fat3', 'fat']
    if arch in ('arm64', 'x86_64'):
        formats.append('universal2')
    if arch in ('x86_64', 'i386', 'ppc64', 'ppc', 'intel'):
        formats.append('universal')
    return formats


def mac_platforms():
    version = mac_version()
    arch = platform.mac_ver()[2]
    if IS_32BIT:
        arch = 'ppc' if arch.startswith('ppc') else 'i386'
    versions = []
    if (10, 0) <= version < (11, 0):
        versions = [(10, minor) for minor in range(version[1], -1, -1)]
    elif version >= (11, 0):
        versions = [(major, 0) for major in range(version[0], 10, -1)]
    out = ['macosx_%d_%d_%s' % (v + (f,)) for v in versions for f in mac_formats(v, arch)]
    if version >= (11, 0):
        for minor in range(16, 3, -1):
            formats = mac_formats((10, minor), arch) if arch == 'x86_64' else ['universal2']
            out.extend('macosx_10_%d_%s' % (minor, f) for f in formats)
    return out


def ios_platforms():
    major, minor = [int(part) for part in platform.ios_ver()[1].split('.')[:2]]
    multiarch = sys.implementation._multiarch.replace('-', '_')
    if major < 12:
        return []
    versions = [(major, m) for m in range(minor, -1, -1)]
    versions += [(m, n) for m in range(major - 1, 11, -1) for n in range(9, -1, -1)]
    return ['ios_%d_%d_%s' % (v + (multiarch,)) for v in versions]


def android_platforms():
    abi = normalize(sysconfig.get_platform().split('-')[-1])
    return ['android_%d_%s' % (level, abi) for level in range(platform.android_ver().api_level, 15, -1)]


def generic_platforms():
    return [normalize(sysconfig.get_platform())]


def emscripten_platforms():
    version = config('PYEMSCRIPTEN_PLATFORM_VERSION')
    return (['pyemscripten_%s_wasm32' % version] if version else []) + generic_platforms()


def platforms():
    by_system = {
        'Darwin': mac_platforms, 'iOS': ios_platforms, 'Android': android_platforms,
        'Linux': linux_platforms, 'Emscripten': emscripten_platforms,
    }
    return [p.lower() for p in by_system.get(platform.system(), generic_platforms)()]
