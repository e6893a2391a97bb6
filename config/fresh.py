"""A command of ours asked of a database that nobody has prepared yet: `./run manage import_workbook ...` on a new folder."""

import sys

import django
from django.core.management import call_command, get_commands
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

OURS = {"people", "classes", "volunteers"}
OLD = "数据库还是旧版本的样子，请先运行 ./run manage migrate，再运行这条命令。"


def prepare_for(arguments: list[str]) -> None:
    """Before one of our own commands: make the tables of an empty database.

    A database with tables of an older version is somebody's data: it is not changed unasked,
    the command ends with a sentence (exit code 1).
    """
    if len(arguments) < 2:
        return
    django.setup()
    if get_commands().get(arguments[1]) not in OURS:
        return
    try:
        if not connection.introspection.table_names():
            print("新的数据库，正在建表……", file=sys.stderr, flush=True)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        elif is_behind():
            sys.exit(OLD)
    except Error as trouble:
        sys.exit(f"数据库连不上，请检查 DATABASE_URL 或 LINKE_DATA：{trouble}")


def is_behind() -> bool:
    """True when migrations have not been applied to the database."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
