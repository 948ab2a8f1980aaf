"""Makes random versions, specifiers, requirements and markers, some of them
broken, and prints what packaging says of each as JSON lines.

Arguments: seed, number of inputs, marker environment as JSON.
"""
import random, json, sys
from packaging.version import Version, InvalidVersion
from packaging.specifiers import SpecifierSet, InvalidSpecifier
from packaging.requirements import Requirement, InvalidRequirement
from packaging.markers import Marker, InvalidMarker, UndefinedComparison, UndefinedEnvironmentName
R=random.Random(int(sys.argv[1]))
N=int(sys.argv[2])
out=[]
def num(): return R.choice(['0','1','2','3','9','10','11','00','01','65535','65536','131069','131070','131071','99999999999999999999','18446744073709551615','18446744073709551616','9999999999999999999','10000000000000000000','134217726','134217727','20240101'] if R.random()<.3 else ['0','1','2','3'])
def ver(wild=False):
    s=''
    if R.random()<.05: s+='v'
    if R.random()<.08: s+=num()+'!'
    s+='.'.join(num() for _ in range(R.choice([1,1,2,2,2,3,3,4,5,6,7])))
    sep=lambda: R.choice(['','','','.','-','_'])
    if R.random()<.25: s+=sep()+R.choice(['a','b','rc','c','alpha','beta','pre','preview','A','RC'])+sep()+R.choice(['',num(),num()])
    if R.random()<.2: s+=R.choice(['-'+num(), sep()+R.choice(['post','rev','r','POST'])+sep()+R.choice(['',num()])])
    if R.random()<.2: s+=sep()+R.choice(['dev','DEV'])+sep()+R.choice(['',num()])
    if R.random()<.15: s+='+'+R.choice(['.','-','_']).join(R.choice(['a','1','abc','0a','00','Z9','10','99999999999999999999']) for _ in range(R.choice([1,1,2,3])))
    return s
def junk(s):
    if s and R.random()<.3:
        i=R.randrange(len(s)+1)
        r=R.random()
        if r<.4: s=s[:i]+s[i+1:]
        elif r<.8: s=s[:i]+R.choice(list(" .-_*+!=<>~,;()[]'\"@avr1é\n\t#"))+s[i:]
        else: s=s[:i]+R.choice([' and ',' or ','in','not in','post','dev','.*','===','\\x41','\\'])+s[i:]
    return s
def spec():
    op=R.choice(['==','!=','<=','>=','<','>','~=','==','!=','>','<','==='])
    v=ver()
    if op in('<=','>=','<','>','~=') and R.random()<.9: v=v.split('+')[0]
    if op in('==','!=') and R.random()<.3: v='.'.join(num() for _ in range(R.choice([1,2,3])))+'.*'
    return op+R.choice(['','',' '])+v
def sset(): return R.choice([',',', ']).join(spec() for _ in range(R.choice([1,1,2,2,3])))
VARS=['os_name','sys_platform','platform_system','platform_machine','platform_release','platform_version','platform_python_implementation','implementation_name','implementation_version','python_version','python_full_version','extra','os.name','python_implementation','extras','dependency_groups','platform.machine']
def lit():
    q=R.choice("'\"")
    return q+R.choice(['linux','win32','3.9','3.11','3.11.7','3.11.*','CPython','x','Foo_Bar','','cpython 3.9','5.15','posix','nt','2.7, 3.11','3','a\\x41b','os_name','3.11.7+','~','é'])+q
def atom(d=0):
    if d<3 and R.random()<.25: return '('+marker(d+1)+')'
    a=R.choice(VARS) if R.random()<.8 else lit()
    b=lit() if R.random()<.8 else R.choice(VARS)
    op=R.choice(['==','!=','<','<=','>','>=','~=','===','in','not in'])
    sp=' ' if op in('in','not in') or R.random()<.8 else ''
    return a+sp+op+sp+b
def marker(d=0): return R.choice([' and ',' or ',' and']).join(atom(d) for _ in range(R.choice([1,1,2,3])))
def name(): return R.choice(['foo','Foo_Bar','a.b-c','x1','a','foo-','_x','name_','A--b','né'])
def req():
    s=R.choice(['',' '])*0+name()
    if R.random()<.3: s+=R.choice(['',' '])+'['+R.choice([',',' , ']).join(R.choice(['x','Foo_Bar','y.z','x-','é']) for _ in range(R.choice([0,1,2])))+R.choice(['',',',''])*0+']'
    r=R.random()
    if r<.5: s+=R.choice(['',' '])+sset()
    elif r<.6: s+=R.choice(['',' '])+'('+sset()+')'
    elif r<.75: s+=R.choice(['',' '])+'@'+R.choice(['',' '])+R.choice(['https://example.test/x.whl','file:///x','git+https://e.test/r@v1'])+R.choice(['',' '])
    if R.random()<.4: s+=R.choice(['',' '])+';'+R.choice(['',' '])+marker()
    return s
env=json.loads(sys.argv[3])
for _ in range(N):
    k=R.randrange(5)
    if k==0:
        s=junk(ver())
        try: v=Version(s); out.append(dict(k='version',s=s,w=dict(str=str(v),pre=v.is_prerelease)))
        except InvalidVersion: out.append(dict(k='version',s=s,w=None))
        a,b=Version(ver()),Version(ver())
        out.append(dict(k='cmp',a=str(a),b=str(b),w=(a>b)-(a<b)))
    elif k==1:
        s=junk(sset())
        try: x=SpecifierSet(s)
        except InvalidSpecifier: out.append(dict(k='set',s=s,w=None)); continue
        vs=[ver() for _ in range(6)]
        # near versions
        for sp in x:
            t=sp.version.replace('.*','')
            for suf in ['','.0','.1','.dev0','.dev1','a1','.post0','.post1','.post1.dev0','+a','.post0+b','rc1.post2']:
                vs.append(t+suf)
        out.append(dict(k='set',s=s,w=dict(str=str(x),uns=x.is_unsatisfiable(),unsf=SpecifierSet(s,prereleases=False).is_unsatisfiable()),vs=vs,
            t=[x.contains(v,prereleases=True) for v in vs],n=[x.contains(v) for v in vs],f=[x.contains(v,prereleases=False) for v in vs],
            filt=list(x.filter(vs))))
    elif k==2:
        s=junk(req())
        try: r=Requirement(s)
        except InvalidRequirement: out.append(dict(k='req',s=s,w=None)); continue
        except AssertionError: continue
        try: out.append(dict(k='req',s=s,w=dict(str=str(r))))
        except ValueError: pass
    elif k==3:
        s=junk(marker())
        try: m=Marker(s)
        except InvalidMarker: out.append(dict(k='marker',s=s,w=None)); continue
        res={}
        for ctx in('metadata','requirement','lock_file'):
            try: res[ctx]=m.evaluate(env,context=ctx)
            except UndefinedComparison: res[ctx]='UndefinedComparison'
            except UndefinedEnvironmentName: res[ctx]='UndefinedEnvironmentName'
        try: out.append(dict(k='marker',s=s,w=dict(str=str(m),res=res)))
        except ValueError: pass
    else:
        a,b=sset(),sset()
        try:
            A,B=SpecifierSet(a),SpecifierSet(b)
            out.append(dict(k='rel',a=a,b=b,sub=A.is_subset(B),dis=A.is_disjoint(B),eq=A==B))
        except ValueError: pass
for o in out: print(json.dumps(o))
