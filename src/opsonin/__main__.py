"""`python -m opsonin` is `opsonin`."""

from opsonin.cli.commands import main

if __name__ == "__main__":
    main()
