#!/usr/bin/env python
"""Django's command line, reached as `./run manage ...`."""

import os
import sys

from django.core.management import execute_from_command_line

from config.fresh import prepare_for


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare_for(sys.argv)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
