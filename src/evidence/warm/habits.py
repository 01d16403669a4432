"""What code does that no event tells: it asks the clock or the machine, or reads unseen."""

import dis
from types import CodeType

# Libraries that read files or databases without Python's help.
NATIVE = {
    "MySQLdb", "PIL.ImageFont", "apsw", "cffi", "cv2", "dbm", "duckdb", "fiona", "grpc", "h5py",
    "lmdb", "lxml", "netCDF4", "oracledb", "osgeo", "polars", "psycopg", "psycopg2", "pyarrow",
    "pycurl", "pyodbc", "pyogrio", "pyreadr", "pyreadstat", "pysqlite3", "pyvista", "rasterio",
    "rpy2", "shelve", "soundfile", "tables", "tensorflow", "vtk", "xarray", "zarr",
}  # fmt: skip
NATIVE_CALLS = {"HDFStore", "read_hdf", "read_orc", "read_parquet", "read_spss"}
CLOCK_CALLS = {"now", "today", "utcnow"}
CLOCK_WORDS = {"now", "today"}
CLOCK_TAKERS = {"Timestamp", "date_range", "datetime64", "to_datetime"}
FILE_TIMES = {"getatime", "getctime", "getmtime", "st_atime", "st_ctime", "st_mtime", "st_mtime_ns"}
MACHINE = {"cpu_count", "getlogin", "getpid", "getppid", "gethostname", "getuser", "uname"}
# Code that can reach modules which no import statement names.
DYNAMIC = {
    "__import__", "eval", "exec", "import_module", "modules", "run_module", "run_path",
}  # fmt: skip
DYNAMIC_IMPORTS = {"cloudpickle", "dill", "importlib", "joblib", "pickle", "runpy"}


def habits(code):
    """Say what code does that no event tells: clock, machine, native readers.

    Returns
    -------
    reasons : list of str
    dynamic : bool
        Whether it can reach modules that no import statement names.
    """
    reasons, dynamic, waiting = {}, False, [code]
    while waiting:
        code = waiting.pop()
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
        names = set(code.co_names)
        words = {const for const in code.co_consts if isinstance(const, str)}
        if names & DYNAMIC or names & DYNAMIC_IMPORTS:
            dynamic = True
            reasons |= {native(word): None for word in words if word in NATIVE}
        if names & CLOCK_TAKERS and words & CLOCK_WORDS:
            reasons["reads the clock"] = None
        roots = {name.partition(".")[0] for name in names} | names
        if not roots & (NATIVE | NATIVE_CALLS | CLOCK_CALLS | FILE_TIMES | MACHINE | {"PIL"}):
            continue
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname == "IMPORT_NAME":
                library = name if name in NATIVE else name.partition(".")[0]
                if library in NATIVE:
                    reasons[native(library)] = None
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
                if name in NATIVE_CALLS:
                    reasons[native(name)] = None
                elif name in CLOCK_CALLS:
                    reasons["reads the clock"] = None
                elif name in FILE_TIMES:
                    reasons["reads the times of files"] = None
                elif name in MACHINE:
                    reasons[f"asks the machine ({name})"] = None
                elif name == "ImageFont":
                    reasons[native("PIL.ImageFont")] = None
    return list(reasons), dynamic


def native(name):
    """Say why the use of a library makes what was read unknown."""
    return f"uses {name}, which reads files unseen"
