package resolve

// wellKnown are projects whose names are often mistyped: what a near name is
// looked for among when nothing of the run is near. The list decides nothing.
var wellKnown = []string{
	"aiohttp", "ansible-core", "attrs", "azure-identity", "azure-storage-blob", "bcrypt", "beautifulsoup4", "black", "boto3",
	"botocore", "certifi", "cffi", "chardet", "charset-normalizer", "click", "colorama", "cryptography", "cx-oracle",
	"dnspython", "docker", "fastapi", "filelock", "flask", "google-cloud-storage", "greenlet", "grpcio", "httpx", "idna",
	"importlib-metadata", "jinja2", "jmespath", "jsonschema", "kubernetes", "lxml", "markupsafe", "netaddr", "numpy",
	"openpyxl", "oracledb", "orjson", "packaging", "pandas", "paramiko", "pillow", "platformdirs", "protobuf", "psutil",
	"psycopg2-binary", "pyarrow", "pycparser", "pycryptodome", "pydantic", "pyjwt", "pymssql", "pymysql", "pynacl", "pyodbc",
	"pyopenssl", "pypsrp", "pytest", "python-dateutil", "python-dotenv", "pytz", "pywin32", "pywinrm", "pyyaml", "pyzmq",
	"redis", "requests", "requests-kerberos", "requests-oauthlib", "rich", "ruamel-yaml", "s3transfer", "scikit-learn",
	"scipy", "setuptools", "simplejson", "six", "sqlalchemy", "tabulate", "tornado", "tqdm", "typing-extensions", "tzdata",
	"urllib3", "uvloop", "virtualenv", "websocket-client", "werkzeug", "wheel", "xlsxwriter", "xmltodict", "zeep", "zstandard",
}
